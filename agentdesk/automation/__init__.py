"""What the desk does by rule: intake now; actions, macros and rules run the same verbs as a key."""

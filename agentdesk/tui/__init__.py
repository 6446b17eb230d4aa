"""The agents' screens, on Textual.

Rooms, from the top: app (the process) · commands (what a person can do, one table) · screens · desk (the parts of the
desk screen: listing, reading, writing, following) · dialogs · base · pump, gate, keys, theme, widgets.
"""

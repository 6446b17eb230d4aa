"""The parts of the desk screen: listing (the queue), reading (the case), writing (the composer), following (the feed).

Each part owns its widgets' content and asks the bridge; the screen wires them, commands call them.
"""

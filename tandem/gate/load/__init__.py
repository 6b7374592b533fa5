"""Whether the service keeps what its contract promises while many ask it at once, and is as fast as it was.

Locust runs in a process of its own: it changes how Python waits, everywhere in its process.
"""

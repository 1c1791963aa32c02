"""The rules of the waiting room, and nothing else.

What belongs here: pure functions and frozen values. No I/O, no clock, no log, no asyncio; ``now``
is a parameter. A test walks the imports of this package and holds it to that.
"""

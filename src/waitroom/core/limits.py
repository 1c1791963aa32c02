"""How large numbers and texts may be.

What belongs here: bounds that follow from how something is stored or sealed. What must change with
it: ``docs/events.md`` where it states a range.
"""

from __future__ import annotations

from typing import Final

MAX_POSITION: Final = 2**40 - 1  # five bytes of a sealed ticket
MAX_COUNTER: Final = 2**63 - 1  # what a store's integer holds
TEN_YEARS: Final = 10 * 366 * 86_400
MAX_TIME: Final = 2**32 - 1  # the last second that a sealed ticket can hold; in the year 2106
MAX_INTERVAL: Final = 86_400  # seconds between two steps of an inlet
MAX_TEXT: Final = 2_000
MAX_URLS: Final = 50
MAX_THEME: Final = 512 * 1024  # bytes of a theme with its logo, as JSON

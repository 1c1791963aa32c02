"""When is the site busy? One rule with hysteresis; no I/O and no clock.

What belongs here: the rule. Change the numbers to your own: ``high`` is the load the site has been
seen to bear, ``low`` well below it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Pressure:
    """Busy from the moment ``high`` requests are under way until there were no more than ``low`` of
    them, and nobody waited in the line, for ``calm_for`` seconds on end.

    Without the second number the site would open and shut with every request at the limit; without
    the line it would let newcomers in past those who wait.
    """

    high: int
    low: int
    calm_for: float
    under_way: int = 0
    busy: bool = False
    calm_since: float | None = None

    def look(self, now: float, waiting: int) -> bool:
        """Whether newcomers go to the room. ``waiting``: people in its line. ``now``: seconds."""
        if self.under_way >= self.high:
            self.busy, self.calm_since = True, None
        elif self.under_way > self.low or waiting:
            self.calm_since = None
        elif self.calm_since is None:
            self.calm_since = now
        if self.busy and self.calm_since is not None and now - self.calm_since >= self.calm_for:
            self.busy = False
        return self.busy

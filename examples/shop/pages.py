"""The shop's pages. The gate has checked the token before any of the protected ones is reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from litestar import Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.response import Redirect, Template

from shop.orders import MAX_TICKETS, Orders, Receipt, Sessions
from shop.story import Story
from shop.watching import story_of
from waitroom.authorizer import Claims, admitted

Asked = Request[Any, Any, Any]

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    # Not no-referrer: with that, browsers send "Origin: null" with the shop's own form.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

_HERE = Path(__file__).parent


def visitor(request: Asked) -> Claims:
    """The claims of the admitted visitor. On a protected path the gate has seen to it."""
    claims = admitted(request.scope)
    if claims is None:
        raise PermissionDeniedException("This page is behind the waiting room.")
    return claims


def buy(request: Asked, tickets: int) -> tuple[Receipt, BackgroundTask | None]:
    """Place the order once, and what is left to do after the buyer has the answer."""
    _check_origin(request)
    buyer, orders = visitor(request), _orders(request)
    receipt, is_new = orders.place(buyer, tickets)
    if not is_new:
        return receipt, None
    sessions: Sessions = request.app.state.sessions
    return receipt, BackgroundTask(_complete, sessions, buyer, story_of(request.scope))


def ticket_count(value: object) -> int:
    """A number of tickets, 1 to ``MAX_TICKETS``, as JSON number or text; else 400."""
    text = str(value)
    if text not in {str(number) for number in range(1, MAX_TICKETS + 1)}:
        raise HTTPException(f"tickets: a number from 1 to {MAX_TICKETS}", status_code=400)
    return int(text)


@get("/", name="home")
async def home(request: Asked) -> Template:
    """The open page: says what will happen."""
    return Template("home.html", context={"page": "home", "story": story_of(request.scope)})


@get("/search")
async def search(request: Asked) -> Template:
    """The seats there are, and how many of them are to be reserved."""
    return _page(request, "search")


@get("/layaway")
async def layaway(request: Asked) -> Template:
    """Hold now, pay later."""
    return _page(request, "layaway")


@get("/checkout")
async def checkout(request: Asked) -> Template | Redirect:
    """The form to buy with, or the receipt of a session that has bought."""
    if _orders(request).of(visitor(request)):
        return Redirect("/receipt", status_code=303)
    asked = request.query_params.get("tickets", "2")
    return _page(request, "checkout", ticket_count(asked))


@post("/checkout", status_code=303)
async def purchase(request: Asked) -> Redirect:
    """Buy; then show the receipt, so that a reload does not buy again."""
    form = parse_qs((await request.body()).decode("latin-1"), max_num_fields=10)
    _, task = buy(request, ticket_count(form.get("tickets", ["1"])[-1]))
    return Redirect("/receipt", status_code=303, background=task)


@get("/receipt")
async def receipt(request: Asked) -> Template | Redirect:
    """What this session has bought."""
    found = _orders(request).of(visitor(request))
    return _page(request, "receipt") if found else Redirect("/checkout", status_code=303)


@get("/shop.css")
async def style() -> Response[bytes]:
    """The one style sheet."""
    return Response((_HERE / "templates" / "shop.css").read_bytes(), media_type="text/css")


@get("/icon.svg")
async def icon() -> Response[bytes]:
    """What the tab shows."""
    return Response((_HERE / "templates" / "icon.svg").read_bytes(), media_type="image/svg+xml")


@get("/story.js")
async def script() -> Response[bytes]:
    """The one script: the developer's panel works without it too, but does not tick."""
    return Response((_HERE / "story.js").read_bytes(), media_type="text/javascript")


def show_error(request: Asked, error: HTTPException) -> Response[Any]:
    """A page for people, ``{"error", "code"}`` for programs."""
    code = {400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}
    body = {"error": error.detail, "code": code.get(error.status_code, "error")}
    if request.url.path.startswith("/api"):
        return Response(body, status_code=error.status_code, headers=SECURITY_HEADERS)
    context = {
        "page": "error",
        "status": error.status_code,
        "detail": error.detail,
        "story": story_of(request.scope),
    }
    return Template(
        "error.html", context=context, status_code=error.status_code, headers=SECURITY_HEADERS
    )


PAGES = [home, search, layaway, checkout, purchase, receipt, style, icon, script]


def _page(request: Asked, name: str, chosen: int = 2) -> Template:
    claims = visitor(request)
    context = {
        "page": name,
        "position": claims.queue_position,
        "receipt": _orders(request).of(claims),
        "most": MAX_TICKETS,
        "chosen": chosen,
        "story": story_of(request.scope),
    }
    return Template(f"{name}.html", context=context)


def _complete(sessions: Sessions, buyer: Claims, story: Story | None) -> None:
    done = sessions.complete(buyer.request_id)
    if story is not None:
        story.tell(
            "told",
            "Order placed: your session is complete",
            "The shop said so to the control plane, and your slot goes to the next in line."
            if done
            else "The control plane could not be told; your slot comes free when the token ends.",
            "POST /api/update_session {status: 1} → " + ("200" if done else "failed"),
        )


def _orders(request: Asked) -> Orders:
    orders: Orders = request.app.state.orders
    return orders


def _check_origin(request: Asked) -> None:
    """Refuse a purchase that another site's page sends.

    The cookie is SameSite=Lax, so such a request comes without it; this is the second lock.
    """
    origin = request.headers.get("origin")
    if origin is not None and origin != request.app.state.site_url:
        raise PermissionDeniedException("This purchase does not come from the shop's own page.")

"""``waitroom clients ...`` and ``waitroom knownuser ...``: who visitors are handed on to.

What belongs here: one function per command. What must change with it: ``docs/cli.md``,
``docs/events.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
from cyclopts import App, Parameter

from waitroom.cli.flags import Flags, Given, Json, number, on_store
from waitroom.cli.output import say, say_json, say_table
from waitroom.cli.who import deed
from waitroom.clients import ClientDirectory, NewClient
from waitroom.core.clients import OidcClient
from waitroom.errors import CallerError
from waitroom.runtime import Runtime
from waitroom.shown import client_shown, known_user_shown

T = TypeVar("T")

clients = App(name="clients", help="The OpenID Connect clients of an event: load balancers, sites.")
knownuser = App(name="knownuser", help="The Queue-it account whose connectors guard the site.")

_LONGEST: Final = 4_096  # characters of a secret that is read

EventId = Annotated[str, Parameter(name="EVENT", help="The event.")]
ClientId = Annotated[str, Parameter(name="CLIENT", help="The client: 1 to 64 of A-Z a-z 0-9 . _ -")]
RedirectUris = Annotated[
    list[str] | None,
    Parameter(
        name="--redirect-uri",
        negative="",
        help="Where codes may be sent; compared letter by letter. Repeatable.",
    ),
]
LogoutUris = Annotated[
    list[str] | None,
    Parameter(
        name="--post-logout-redirect-uri",
        negative="--no-post-logout-redirect-uri",
        help="Where visitors may be sent after a logout. Repeatable.",
    ),
]


StateLifetime = Annotated[
    int | None, number("Seconds for which it remembers that it sent a visitor; 0: for ever.")
]


@clients.command(name="list")
def list_clients(event_id: EventId, /, *, json: Json = False, flags: Given | None = None) -> None:
    """List the clients of an event, without their secrets."""
    found = _directed(flags, lambda _, directory: directory.every(event_id))
    if json:
        say_json([client_shown(one) for one in found])
        return
    say_table(
        ("client", "secret", "redirect URIs", "after a logout"),
        (
            (
                one.client_id,
                "none: public" if one.is_public else "yes",
                " ".join(one.redirect_uris),
                " ".join(one.post_logout_redirect_uris),
            )
            for one in found
        ),
    )


@clients.command
def add(
    event_id: EventId,
    client_id: ClientId,
    /,
    *,
    redirect_uri: RedirectUris = None,
    post_logout_redirect_uri: LogoutUris = None,
    state_lifetime: StateLifetime = None,
    public: Annotated[
        bool, Parameter(negative="", help="It can keep no secret (a page, an app): PKCE instead.")
    ] = False,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Add a client. Shows once what is to be entered there, with its secret."""
    client = OidcClient(
        client_id=client_id,
        redirect_uris=tuple(redirect_uri or ()),
        post_logout_redirect_uris=tuple(post_logout_redirect_uri or ()),
        state_lifetime=state_lifetime or 0,
    )

    async def done(runtime: Runtime, directory: ClientDirectory) -> tuple[NewClient, str]:
        made = await directory.add(event_id, client, deed("add_client"), public=public)
        return made, runtime.settings.issuer(event_id)

    made, issuer = _directed(flags, done)
    if json:
        say_json(_facts(made) | _endpoints(issuer))
        return
    say(f"Client {client_id} may send visitors to {event_id}. Enter there:")
    say(*_entered(made, issuer))
    if made.secret:
        say("The secret is shown this once.")


@clients.command
def change(
    event_id: EventId,
    client_id: ClientId,
    /,
    *,
    redirect_uri: RedirectUris = None,
    post_logout_redirect_uri: LogoutUris = None,
    state_lifetime: StateLifetime = None,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Replace what is given; the rest and the secret stay."""
    if redirect_uri is None and post_logout_redirect_uri is None and state_lifetime is None:
        raise CallerError("Say what to change, for example --redirect-uri URL; see --help.")
    changed = _directed(
        flags,
        lambda _, directory: directory.change(
            event_id,
            client_id,
            deed("change_client"),
            redirect_uris=redirect_uri,
            post_logout_redirect_uris=post_logout_redirect_uri,
            state_lifetime=state_lifetime,
        ),
    )
    if json:
        say_json(client_shown(changed))
    else:
        say(f"Client {client_id} of {event_id} is changed.")


@clients.command
def remove(event_id: EventId, client_id: ClientId, /, *, flags: Given | None = None) -> None:
    """Remove a client; its secret is good for nothing from then on."""
    gone = deed("remove_client")
    _directed(flags, lambda _, directory: directory.remove(event_id, client_id, gone))
    say(f"Client {client_id} of {event_id} is removed.")


@clients.command
def secret(
    event_id: EventId, client_id: ClientId, /, *, json: Json = False, flags: Given | None = None
) -> None:
    """Give a client another secret, shown once; the one before ends at once."""
    renewed = deed("rotate_client_secret")
    new = _directed(flags, lambda _, directory: directory.new_secret(event_id, client_id, renewed))
    if json:
        say_json(_facts(new))
    else:
        say(f"The new secret of {client_id}, which is shown this once: {new.secret}")


@knownuser.command(name="set")
def set_account(
    event_id: EventId,
    /,
    *,
    customer_id: Annotated[str, Parameter(help="The account, as its connectors have it.")],
    queue_event_id: Annotated[str, Parameter(help="Its event, as the connectors have it.")],
    secret_key_file: Annotated[
        Path | None,
        Parameter(help="File with the secret key of the connectors; otherwise read from stdin."),
    ] = None,
    json: Json = False,
    flags: Given | None = None,
) -> None:
    """Name the account. Its secret key is read from a file or stdin, and is not shown again."""
    key = _secret_key(secret_key_file)
    known = _directed(
        flags,
        lambda _, directory: directory.set_known_user(
            event_id, customer_id, queue_event_id, key, deed("set_knownuser")
        ),
    )
    if json:
        say_json(known_user_shown(known))
    else:
        say(f"Event {event_id} is {queue_event_id} of the account {customer_id}.")


@knownuser.command
def clear(event_id: EventId, /, *, flags: Given | None = None) -> None:
    """Forget the account."""
    done = deed("clear_knownuser")
    _directed(flags, lambda _, directory: directory.clear_known_user(event_id, done))
    say(f"Event {event_id} has no Queue-it account.")


def _directed(flags: Flags | None, work: Callable[[Runtime, ClientDirectory], Awaitable[T]]) -> T:
    return on_store(
        flags, lambda runtime: work(runtime, ClientDirectory(runtime.service, runtime.secret))
    )


def _secret_key(path: Path | None) -> str:
    if path is not None:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.readline(_LONGEST).strip()
    if sys.stdin.isatty():
        sys.stderr.write("Secret key: ")
        sys.stderr.flush()
    return sys.stdin.readline(_LONGEST).strip()


def _facts(made: NewClient) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(client_shown(made.client))
    return facts | ({"client_secret": made.secret} if made.secret else {})


def _endpoints(issuer: str) -> dict[str, str]:
    """As its discovery document names them (OpenID Connect Discovery 1.0, section 3)."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userInfo",
    }


def _entered(made: NewClient, issuer: str) -> list[str]:
    """What a load balancer asks for, in the order in which most of them ask."""
    asked = {name.replace("_", " "): url for name, url in _endpoints(issuer).items()} | {
        "client ID": made.client.client_id,
        "client secret": made.secret or "none: public, with PKCE (S256)",
        "scope": "openid",
    }
    return [f"  {name:<24}{value}" for name, value in asked.items()]

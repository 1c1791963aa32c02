"""Pages that say why there is no waiting room, in the visitor's language.

What belongs here: which language a request asks for, and these pages for the framework's handlers.
``/enter`` makes the same page without the framework. What must change with it: ``sorry.html``,
``oidc.html``.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import randint
from typing import Final, cast
from urllib.parse import parse_qsl

from litestar.response import Template

from waitroom.errors import (
    CallerError,
    EventUnknown,
    InvalidField,
    TooManyRequests,
    Unavailable,
    WaitroomError,
)
from waitroom.http import MAX_PARAMETERS, Scope, header
from waitroom.pages import AnyRequest
from waitroom.words import Words, speak

MAX_QUERY: Final = 8 * 1024  # bytes of a query that are searched for a language
PRIVATE: Final = {"cache-control": "no-store"}
RETRY: Final = (5, 15)  # s after which the page of a 503 tries again: a crowd spreads out


def words_of(scope: Scope) -> Words:
    """The words for whoever sent a request: as ``lang`` or ``ui_locales`` in its query say, else as
    their browser likes. Whatever else is wrong with the query does not matter here."""
    query = scope["query_string"][:MAX_QUERY].decode("latin-1")
    try:
        pairs = dict(parse_qsl(query, max_num_fields=MAX_PARAMETERS))
    except ValueError:  # more parameters than that
        pairs = {}
    wanted = f"{pairs.get('lang', '')} {pairs.get('ui_locales', '')}"
    return speak((header(scope, b"accept-language") or b"").decode("latin-1"), wanted)


def sorry(
    request: AnyRequest, error: CallerError | Unavailable, headers: Mapping[str, str] = PRIVATE
) -> Template:
    """The page that says why there is no room; of what time heals, one that loads itself again."""
    retry, status = 0, status_of(error)
    if isinstance(error, Unavailable):
        retry = seconds_until_retry(error)
        headers = {**headers, "retry-after": str(retry), "refresh": str(retry)}
    return page(request, "sorry.html", status, headers, code=error.code, retry=retry)


def seconds_until_retry(error: Unavailable | TooManyRequests) -> int:
    """In how many seconds the page about ``error`` loads itself again."""
    return max(error.retry_after, randint(*RETRY))  # noqa: S311 - only spreads a crowd


def page(
    request: AnyRequest, template: str, status: int, headers: Mapping[str, str], **context: object
) -> Template:
    """One of the pages that extend ``bare.html``."""
    told = {"words": words_of(cast("Scope", request.scope)), **context}
    return Template(template, context=told, status_code=status, headers=dict(headers))


def status_of(error: WaitroomError) -> int:
    """The HTTP status of a page about ``error``: to a visitor, what does not exist is not found."""
    return 404 if isinstance(error, EventUnknown | InvalidField) else error.status

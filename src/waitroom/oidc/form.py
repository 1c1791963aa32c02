"""Reads what a stranger sends in a query or a form: bounded, each parameter once.

What belongs here: RFC 6749, sections 3.1 and 3.2, and appendix B (the form encoding). What a
parameter means is in ``request.py`` and ``grants.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from waitroom.errors import OidcRefused

MAX_QUERY: Final = 8 * 1024  # bytes of an authorization or logout request, in query or body
MAX_FORM: Final = 16 * 1024  # bytes of a token request
MAX_PARAMETERS: Final = 32
ANY_BYTES: Final = "surrogateescape"  # bytes that are no UTF-8 go through text unaltered (PEP 383)


def read_form(raw: bytes, known: Collection[str] = ()) -> dict[str, str]:
    """The parameters in ``raw`` that have a value; one without counts as left out (section 3.1).

    ``known``: those that matter, all others are ignored; empty: all do. Bytes that are not UTF-8
    come out as lone surrogates, see ``bytes_of``.

    Raises:
        OidcRefused: more than 32 parameters, or one of those that matter twice.
    """
    try:
        pairs = parse_qsl(
            raw.decode("utf-8", ANY_BYTES),
            keep_blank_values=True,
            errors=ANY_BYTES,
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError:
        raise OidcRefused(
            "invalid_request", f"There are more than {MAX_PARAMETERS} parameters."
        ) from None
    pairs = [(name, value) for name, value in pairs if not known or name in known]
    given = dict(pairs)
    if len(given) < len(pairs):
        raise OidcRefused("invalid_request", "A parameter is given more than once.")
    return {name: value for name, value in given.items() if value}


def bytes_of(value: str) -> bytes:
    """The bytes that ``read_form`` read ``value`` from."""
    return value.encode("utf-8", ANY_BYTES)


def is_text(value: str) -> bool:
    """Whether it was UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def with_query(url: str, parameters: Iterable[tuple[str, str | bytes]]) -> str:
    """``url`` (without a fragment) with ``parameters`` at the end of its query, as ASCII.

    Every byte that is not unreserved (RFC 3986, section 2.3) is encoded: nothing in a value can end
    a header or be taken for markup.
    """
    query = urlencode(list(parameters), quote_via=quote, safe="")
    if url.endswith(("?", "&")):
        return url + query
    return f"{url}{'&' if '?' in url else '?'}{query}"

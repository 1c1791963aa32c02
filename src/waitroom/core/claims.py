"""What a token says.

What belongs here: the claims of the three tokens of an admitted visitor, as in the contract
(names of RFC 7519 section 4.1 and OpenID Connect Core section 2, and those of the system we
replace). What must change with it: ``tokens/verify.py`` and ``docs/tokens.md``.
"""

from __future__ import annotations

from typing import Final

from waitroom.core.model import Session

TOKEN_USES: Final = ("access", "refresh", "id")


def token_claims(event_id: str, request_id: str, session: Session) -> dict[str, int | str]:
    """Claims that all tokens of ``session`` share; ``token_use`` is added for each."""
    return {
        "aud": event_id,
        "sub": request_id,
        "queue_position": session.place.position,
        "iat": session.issued_at,
        "nbf": session.issued_at,
        "exp": session.expires_at,
        "iss": session.issuer,
    }

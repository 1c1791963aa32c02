"""What the provider of an event says of itself.

What belongs here: OpenID Connect Discovery 1.0, section 3, RP-Initiated Logout 1.0, section 2.1,
and RFC 9207, section 3. Only what is true. What must change with it: ``docs/oidc.md``.
"""

from __future__ import annotations

from collections.abc import Sequence

from waitroom.core.model import Event
from waitroom.oidc.clients import AUTHENTICATION_METHODS
from waitroom.oidc.id_token import CLAIMS
from waitroom.oidc.request import PROMPTS


def grant_types(event: Event) -> list[str]:
    """What the token endpoint of ``event`` grants."""
    return ["authorization_code", *(["refresh_token"] if event.refresh_period else [])]


def configuration(event: Event, issuer: str, algorithms: Sequence[str]) -> dict[str, object]:
    """The discovery document. ``algorithms``: of the keys whose signatures may be met."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userInfo",
        "end_session_endpoint": f"{issuer}/end_session",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": grant_types(event),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(algorithms),
        "token_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS),
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": list(PROMPTS),
        "claims_supported": list(CLAIMS),
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,  # left out, it would be true
        "authorization_response_iss_parameter_supported": True,
    }

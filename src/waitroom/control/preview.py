"""The waiting-room page as a theme would dress it, for the panel's form.

What belongs here: the page and its policy; what it shows comes from the panel by messages
(``web/static/preview.js``). What must change with it: ``panel-look.js``, ``docs/theming.md``,
``docs/security.md``.

It is the only page of ours that may stand in a frame, and only in one of this plane's own pages. An
operator's CSS and HTML are tried out in it, so it is kept apart from the panel around it: by the
sandbox it has an origin of its own, without the session's cookie, and of the operator's template no
script runs and no form is sent.
"""

from __future__ import annotations

from typing import Final

from litestar import get
from litestar.response import Template

from waitroom.frames import new_nonce

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self';"
    " sandbox allow-scripts"
)


def policy(nonce: str) -> str:
    """What the page may do. The theme's styles have the nonce; scripts are ours alone."""
    return _POLICY.format(nonce=nonce)


@get("/preview", sync_to_thread=False)
def preview() -> Template:
    """A waiting room that waits to be dressed. The same for everybody: it holds nothing."""
    nonce = new_nonce()
    shown = {"nonce": nonce, "event_id": "preview", "title": "", "plain": "#"}
    headers = {"content-security-policy": policy(nonce), "cache-control": "no-store"}
    return Template("preview.html", context=shown, headers=headers)

"""What a protected site imports: a gate that lets admitted visitors through and nobody else.

The short call is the safe one::

    from waitroom.authorizer import Gate, WaitroomMiddleware

    gate = Gate.of_event(
        "sample",
        waitroom_url="https://queue.example",
        site_url="https://shop.example",
        protected=("/checkout",),
    )
    app = WaitroomMiddleware(app, gate=gate)

``WaitroomWSGIMiddleware`` is the same for WSGI, ``Gatekeeper`` for whatever else; the authorizer
for Amazon API Gateway is in ``waitroom.authorizer.aws_lambda``. This package needs ``joserfc`` and
the standard library; of Waitroom it imports ``errors`` and ``tokens.verify`` only.
``docs/authorizer.md`` is its manual.
"""

from waitroom.authorizer.asgi import WaitroomMiddleware, admitted
from waitroom.authorizer.decide import decide
from waitroom.authorizer.facts import Request
from waitroom.authorizer.gate import Gate
from waitroom.authorizer.gatekeeper import Gatekeeper
from waitroom.authorizer.keys import JwksCache
from waitroom.authorizer.redeemer import Redeemer
from waitroom.authorizer.wsgi import WaitroomWSGIMiddleware
from waitroom.tokens.verify import Claims, KeySet

__all__ = [
    "Claims",
    "Gate",
    "Gatekeeper",
    "JwksCache",
    "KeySet",
    "Redeemer",
    "Request",
    "WaitroomMiddleware",
    "WaitroomWSGIMiddleware",
    "admitted",
    "decide",
]

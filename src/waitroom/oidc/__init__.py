"""OpenID Connect: each event is a provider, an admitted place in its line is the identity.

``request``, ``form``, ``clients``, ``id_token`` and ``discovery`` are pure: they read, decide and
describe. ``provider`` (the visitor's way), ``grants`` (the client's way) and ``sessions`` (what
comes after) put them together with the use-cases. HTTP is in ``public/oidc.py``.
"""

"""The OpenID Connect provider: the way through it, and everything it must not fall for."""

"""OpenID Connect: a site that knows how to log people in, and takes the waiting room for it."""

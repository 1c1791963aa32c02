"""Signing keys and tokens: what is issued, and the one place where a token is checked.

``verify`` stands alone (it needs ``joserfc`` and nothing else of the server), so that the
authorizer can be installed without the rest. This file imports nothing for the same reason.
"""

"""Waitroom: a self-hosted virtual waiting room.

The base install is the authorizer (``waitroom.authorizer``) that a protected site imports.
``pip install 'waitroom[server]'`` adds the waiting room itself.
"""

__version__ = "0.1.0"

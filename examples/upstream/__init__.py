"""Upstream redirection: everybody goes through the waiting room first."""

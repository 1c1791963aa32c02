"""Tests of ``/verify``, the gate for gateways that ask."""

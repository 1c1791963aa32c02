"""The command line: ``waitroom``. One small file per group of commands; ``entry`` joins them."""

from waitroom.cli.entry import application, main

__all__ = ["application", "main"]

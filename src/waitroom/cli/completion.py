"""``waitroom completion``: what a shell needs to complete commands and flags.

What belongs here: this command. The scripts are Cyclopts' own, made from the tree of commands.
"""

from __future__ import annotations

import sys
from typing import Annotated, Literal

from cyclopts import Parameter


def completion(
    shell: Annotated[Literal["bash", "zsh", "fish"], Parameter(name="SHELL", help="Which shell.")],
    /,
) -> None:
    """Print what makes a shell complete commands and flags: bash, zsh or fish.

    For this session of bash: source <(waitroom completion bash). For good: docs/cli.md.
    """
    from waitroom.cli.entry import application  # noqa: PLC0415 - it is what has this command

    sys.stdout.write(application().generate_completion(shell=shell) + "\n")

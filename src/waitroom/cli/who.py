"""Who sits at the command line, for the audit log.

What belongs here: what an entry says of a deed that a command did.
"""

from __future__ import annotations

import os
import pwd

from waitroom.core.audit import Deed

LOCAL = "local"  # instead of an address


def deed(action: str) -> Deed:
    """``action``, done by the user whom this process belongs to.

    By the user database and not by ``$USER``, which says what anybody writes into it.
    """
    number = os.getuid()
    try:
        user = pwd.getpwuid(number).pw_name
    except KeyError:  # in a container, mostly
        user = str(number)
    return Deed(by=f"cli:{user}", source=LOCAL, action=action)

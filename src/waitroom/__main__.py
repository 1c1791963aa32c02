"""``python -m waitroom`` is the command ``waitroom``."""

import sys

from waitroom.cli import main

sys.exit(main())

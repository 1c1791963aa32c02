"""The types of the visitor's module, read by the TypeScript compiler."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

from programs import missing, require
from waitroom.static_files import WEB

HERE: Final = Path(__file__).parent
COMPILER: Final = HERE / "node_modules" / "typescript" / "bin" / "tsc"
TYPES: Final = WEB / "static" / "waitroom.d.ts"
OPTIONS: Final = {
    "strict": True,
    "noEmit": True,
    "skipLibCheck": False,
    "types": [],
    "target": "es2022",
    "module": "esnext",
    "moduleResolution": "bundler",
    "lib": ["es2022", "dom"],
    "paths": {"https://wait.example/static/waitroom.js": [str(TYPES)]},
}


def test_a_page_in_typescript(tmp_path: Path) -> None:
    """What docs/own-page.md shows compiles under `strict`, and mistakes are found."""
    node = require("node")
    if not COMPILER.exists():
        missing("tests/peers/node_modules is missing: scripts/node makes it")
    project = tmp_path / "tsconfig.json"
    project.write_text(
        json.dumps({"compilerOptions": OPTIONS, "files": [str(HERE / "own_page.ts")]})
    )
    told = subprocess.run(
        [node, str(COMPILER), "-p", str(project)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (told.stdout, told.returncode) == ("", 0)

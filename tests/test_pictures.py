"""The pictures that the docs show: they are there, said in words, and not too heavy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "docs/images"
MOST: Final = 80 * 1024  # bytes of one
ALL: Final = 500 * 1024  # bytes of all that are kept
PICTURE: Final = re.compile(r'!\[([^\]]*)\]\(([^)]+)\)|<img src="([^"]+)"[^>]*? alt="([^"]*)"')


def shown() -> dict[Path, list[str]]:
    """Every picture that a page shows, with what is said of it."""
    found: dict[Path, list[str]] = {}
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = page.read_text()
        pictures = PICTURE.findall(text)
        assert len(pictures) == len(re.findall(r"!\[|<img ", text)), f"{page}: one has no words"
        for alt, path, other_path, other_alt in pictures:
            place = (page.parent / (path or other_path)).resolve()
            found.setdefault(place, []).append(alt or other_alt)
    return found


def test_pictures_are_there_and_light() -> None:
    """Each is in one folder and under 80 KiB, all are under 500 KiB, and none asks another host."""
    sizes = {path: path.stat().st_size for path in shown()}
    assert sizes
    assert all(path.parent == FOLDER for path in sizes)
    assert not {path.name: size for path, size in sizes.items() if size > MOST}
    assert sum(sizes.values()) < ALL
    for drawing in FOLDER.glob("*.svg"):
        text = drawing.read_text()
        assert set(re.findall(r"https?://[^\s\"'<)]+", text)) <= {"http://www.w3.org/2000/svg"}


def test_pictures_are_said_in_words() -> None:
    """Whoever cannot see one reads what is to be seen, in more than a name."""
    assert not [path.name for path, alts in shown().items() if min(map(len, alts)) < 40]


def test_those_and_no_others_are_kept() -> None:
    """.gitignore keeps what the docs show, and leaves the rest out."""
    kept = re.findall(r"^!/docs/images/(.+)$", (ROOT / ".gitignore").read_text(), re.MULTILINE)
    assert sorted(kept) == sorted(path.name for path in shown())

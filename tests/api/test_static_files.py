"""The files that pages load: all there, kept as long as they may be, and packed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import httpx
import pytest

from api.served import Site
from waitroom.static_files import WEB, all_files, static, version

LOADED: Final = re.compile(r'(?:src|href)="\{\{ static \}\}/([^"{]+)"')
IMPORTED: Final = re.compile(r'(?:from|import)\s*\(?\s*"(\.{1,2}/[^"]+)"')
FOR_EVER: Final = "public, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def base(site: Site) -> str:
    """What the pages that the server makes put before a file's name."""
    found = re.search(r'"(/static/[0-9a-f]{12})/', site.control.get("/").text)
    assert found is not None
    return found[1]


def loaded() -> Iterator[tuple[str, str]]:
    """What each template loads, by template and file."""
    for template in sorted((WEB / "templates").glob("*.html")):
        for name in LOADED.findall(template.read_text(encoding="utf-8")):
            yield template.name, name


def test_templates_load_files_by_version_alone() -> None:
    """No template names a static file without the version: it would be kept for five minutes, and
    its modules beside those with one."""
    for template in (WEB / "templates").glob("*.html"):
        assert '"/static/' not in template.read_text(encoding="utf-8"), template.name


@pytest.mark.parametrize("plane", ["public", "control"])
def test_all_that_pages_load_is_there(site: Site, plane: str, base: str) -> None:
    """Files named by templates, and what their modules import, with the version, on both planes."""
    client: httpx.Client = getattr(site, plane)
    waiting = {f"{base}/{name}" for _, name in loaded()}
    assert waiting
    seen: set[str] = set()
    while waiting:
        url = waiting.pop()
        seen.add(url)
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert answer.headers["cache-control"] == FOR_EVER
        assert answer.headers["x-content-type-options"] == "nosniff"
        if url.endswith(".js") and "swagger" not in url:
            assert answer.headers["content-type"].startswith("text/javascript")
            waiting |= {urljoin(url, name) for name in IMPORTED.findall(answer.text)} - seen
    assert all(url.startswith(base) for url in seen)


def test_versions(site: Site, base: str) -> None:
    """Ours is kept for good; another's is answered and not kept; none for five minutes."""
    content = (WEB / "static" / "icon.svg").read_text(encoding="utf-8")
    for path, kept in (
        (f"{base}/icon.svg", FOR_EVER),
        ("/static/0123456789ab/icon.svg", "no-cache"),
        ("/static/icon.svg", "public, max-age=300"),
    ):
        answer = site.public.get(path)
        assert (answer.status_code, answer.text) == (200, content)
        assert answer.headers["cache-control"] == kept
        assert answer.headers["access-control-allow-origin"] == "*"
    assert site.public.get("/static/0123456789ab/none.svg").status_code == 404


def test_the_version_is_of_all_files() -> None:
    """Twelve digits that are others when a byte is."""
    assert re.fullmatch(r"[0-9a-f]{12}", version())
    assert static() == f"/static/{version()}"
    assert not any(re.match(r"[0-9a-f]{12}/", name) for name in all_files())


def test_packed(site: Site, base: str) -> None:
    """Gzip for who takes it, the same content either way, and caches keep the two apart."""
    path = f"{base}/waitroom.js"
    plain = site.public.get(path, headers={"accept-encoding": "identity"})
    packed = site.public.get(path, headers={"accept-encoding": "br, gzip;q=0.5"})
    refused = site.public.get(path, headers={"accept-encoding": "gzip;q=0"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert packed.content == plain.content == refused.content == all_files()["waitroom.js"].content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert {plain.headers["vary"], packed.headers["vary"]} == {"accept-encoding"}
    assert plain.headers["etag"] != packed.headers["etag"]


def test_what_a_browser_has_is_not_sent_again(site: Site) -> None:
    """304 by the entity tag, packed or not."""
    path = "/static/waitroom.js"
    for coding in ("gzip", "identity"):
        headers = {"accept-encoding": coding}
        tag = site.public.get(path, headers=headers).headers["etag"]
        again = site.public.get(path, headers={**headers, "if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        other = site.public.get(path, headers={**headers, "if-none-match": '"0123"'})
        assert other.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "../pages.py",
        "..%2fpages.py",
        "%2e%2e/%2e%2e/pages.py",
        "../static/../templates/room.html",
        "....//pages.py",
        "//etc/passwd",
        "room.css%00.js",
        "..\\pages.py",
        "",
        "words",
    ],
)
def test_nothing_else_is_served(site: Site, path: str, base: str) -> None:
    """404 for whatever is no file's name, with the version and without."""
    for before in ("/static", base, "/static/0123456789ab"):
        # httpx would take the dots out itself
        url = httpx.URL(f"http://{site.settings.public_bind}").copy_with(
            raw_path=f"{before}/{path}".encode()
        )
        assert httpx.get(url).status_code == 404, f"{before}/{path}"


def test_only_reading(site: Site) -> None:
    """405 for what would change something; HEAD has the headers alone."""
    answer = site.public.post("/static/waitroom.js")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    head = site.public.head("/static/waitroom.js")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 500


def test_pages_are_packed(site: Site, event: str) -> None:
    """The waiting-room page and the panel; for who does not take it, as they are."""
    for client, path in ((site.public, f"/room/{event}"), (site.control, "/")):
        packed = client.get(path, headers={"accept-encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "accept-encoding" in packed.headers["vary"].lower()
        plain = client.get(path, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.headers["content-type"].startswith("text/html")


def test_a_page_is_small(site: Site) -> None:
    """Each file that the waiting-room page loads goes over the wire at a third of its size."""
    for name in sorted({name for page, name in loaded() if page == "room.html"}):
        file = all_files()[name]
        if file.may_pack:
            assert len(gzip.compress(file.content)) < 0.6 * len(file.content), name
    assert Path(WEB).is_dir()

"""Every state of the waiting-room page, as views that its own render function shows.

What belongs here: views as ``waitroom.js`` makes them, and how a page is made to show one without a
line behind it. What must change with it: ``view.js`` (what a view has), ``room-words.js`` (what is
said of it), the table of states in docs/room-page.md.
"""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Page, Route

NOW: Final = 1_700_000_000  # epoch s
DAY: Final = 86_400
MESSAGE: Final = (
    "<p>Doors open at 19:00. <strong>Two tickets</strong> a person."
    ' <a href="https://shop.example/news" rel="noopener nofollow">More about the evening</a></p>'
)
TITLE: Final = "Nordlicht: the farewell concert"
Scene = dict[str, Any]

_EVENT: Final[Scene] = {
    "event_id": "launch",
    "state": "open",
    "title": TITLE,
    "message": "",
    "message_html": "",
    "expiry_period": 900,
    "validity_period": 3600,
    "opens_at": 0,
    "now": NOW,
}
_VIEW: Final[Scene] = {
    "phase": "waiting",
    "reason": "",
    "notice": "",
    "trouble": "",
    "paused": False,
    "soldOut": False,
    "full": False,
    "elsewhere": False,
    "number": 12_841,
    "serving": 3_120,
    "ahead": 9_720,
    "progress": 0.34,
    "wait": [1_500, 2_600],
    "changed": "",
    "age": 2,
    "opensIn": None,
    "takeBy": None,
    "admittedFor": None,
    "fragile": False,
}
_CALLED: Final[Scene] = {"phase": "turn", "ahead": 0, "serving": 12_841}
_IN: Final[Scene] = {"phase": "admitted", "ahead": 0, "admittedFor": 3_452}
_NO_NUMBERS: Final[Scene] = {
    "number": None,
    "serving": None,
    "ahead": None,
    "wait": None,
    "progress": 0,
}


def scene(
    event: Scene | None = None, /, *, goal: bool = True, held: bool = False, **view: Any
) -> Scene:
    """In line, but for what is given: fields of the view, and of the event."""
    told = {**_VIEW, **view, "event": {**_EVENT, **(event or {})}}
    return {"view": told, "stay": {"goal": goal, "held": held}}


def _eventless(**view: Any) -> Scene:
    blank = scene(**_NO_NUMBERS, age=None, **view)
    blank["view"]["event"] = None
    return blank


_OPENS: Final = {"opens_at": NOW + 100_000}
_PAUSED: Final = {"state": "paused", "message_html": "<p>We go on at about 14:30.</p>"}
_SOLD: Final = {"state": "sold_out", "message_html": "<p>There is a second evening on 3 May.</p>"}

SCENES: Final[dict[str, Scene]] = {
    "early": scene(_OPENS, phase="early", number=None, opensIn=DAY + 4 * 3_600 + 125),
    "early-soon": scene({**_OPENS, "message_html": MESSAGE}, phase="early", opensIn=45),
    "joining": _eventless(phase="joining"),
    "waiting": scene({"message_html": MESSAGE}),
    "waiting-slower": scene(changed="slower", wait=[2_700, 8_100]),
    "waiting-unsure": scene(wait=None, progress=0, ahead=412, number=413),
    "waiting-long": scene(ahead=1_234_567, number=1_237_688, wait=[64_800, 86_400], progress=0.01),
    "near": scene(ahead=3, number=3_124, wait=[20, 70], progress=0.95),
    "next": scene(ahead=0, number=3_121, wait=[2, 10], progress=1),
    "paused": scene(_PAUSED, paused=True),
    "offline": scene(trouble="offline", age=200),
    "busy": scene(trouble="busy", age=14, fragile=True),
    "carried": scene(notice="carried"),
    "turn": scene(**_CALLED, takeBy=881),
    "door-paused": scene(_PAUSED, **_CALLED, paused=True),
    "door-full": scene(**_CALLED, full=True),
    "admitted": scene(**_IN),
    "held": scene(held=True, **_IN),
    "no-way-on": scene(goal=False, **_IN),
    "elsewhere": scene(**_IN, elsewhere=True),
    **{
        f"gone-{reason}": scene(phase="gone", reason=reason)
        for reason in ("expired", "reset", "left", "ended", "over")
    },
    "closed": scene({"state": "closed"}, phase="closed", number=None),
    "soldout": scene(_SOLD, phase="soldout", soldOut=True),
    "unknown": _eventless(phase="unknown"),
    "astray": scene(phase="astray"),
}

# The page's own modules, with the page's own rendering; `show(scene)` is what is left to call.
_PREPARE: Final = """async () => {
  const base = new URL("./", document.querySelector("script[type=module]").src);
  const [{ speak }, { Stage }, { codeOf }, { offerLanguages }] = await Promise.all(
    ["words", "room-stage", "another-device", "room-language"]
      .map((name) => import(new URL(`${name}.js`, base))));
  const english = await speak(["en"]);
  const stage = new Stage(english);
  document.getElementById("plain").remove();
  offerLanguages(document.getElementById("language"), "en", () => {});
  document.getElementById("device-code").append(await codeOf("https://queue.example/#place=abc"));
  document.getElementById("device-link").value = "https://queue.example/room/launch#place=abc";
  window.sayIn = async (language) => {
    const words = await speak([language]);
    stage.speak(words);
    document.getElementById("language").value = words.lang.split("-")[0];
  };
  window.show = ({ view, stay, panel = "" }) => {
    for (const one of document.querySelectorAll(".panel")) one.hidden = true;
    if (panel) document.getElementById(`${panel}-panel`).hidden = false;
    stage.show(view, stay);
  };
}"""


def _nothing(route: Route) -> None:
    route.fulfill(content_type="text/javascript", body="")


def open_stage(page: Page, address: str) -> None:
    """Open the waiting-room page at ``address`` as a stage: no line is joined, and the page has the
    functions ``sayIn(language)`` and ``show(scene)``."""
    page.route("**/room.js", _nothing)
    page.goto(address)
    page.evaluate(_PREPARE)

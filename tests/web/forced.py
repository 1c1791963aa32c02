"""What a page must keep where people have a few colours of their own forced upon all pages.

What belongs here: finding what is wrong with a page as it stands. What must change with it: the
last rules of ``room.css``, whenever a box, a sign or something to press is drawn in another way.
"""

from __future__ import annotations

import base64
from typing import Final

from playwright.sync_api import Page

_LOST: Final = r"""() => {
  const SYSTEM = ["Canvas", "CanvasText", "LinkText", "ButtonText", "ButtonFace", "ButtonBorder",
    "Highlight", "GrayText", "Field", "FieldText"];
  const FRAMED = ".card, .sign, .mark, .note, .message, .countdown > div, .panel, .button, .tool,"
    + " .address, .language, .link:not([data-trouble=''])";
  const DRAWN = ".sign svg, .tool svg, .dot";
  const FOCUSED = "button, select, a[href], input, [tabindex='0']";
  const probe = document.body.appendChild(document.createElement("i"));
  const [ground, ...others] = SYSTEM.map((name) => {
    probe.style.color = name;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  const clear = (paint) => paint === "none" || /^rgba\(.*, 0\)$/.test(paint);
  const seen = (paint) => others.includes(paint) && paint !== ground;
  const isOurs = (paint) => !clear(paint) && paint !== ground && !others.includes(paint);

  const paintsOf = (style) => [style.color, style.backgroundColor, style.stroke,
    ...["Top", "Left"].filter((side) => parseFloat(style[`border${side}Width`]) > 0)
      .map((side) => style[`border${side}Color`])];
  const isFramed = (style) => parseFloat(style.borderLeftWidth) > 0 && seen(style.borderLeftColor);
  const isDrawn = (style) => seen(style.stroke) || seen(style.backgroundColor);
  const isRinged = ({ outlineStyle, outlineWidth, outlineColor }) =>
    outlineStyle === "solid" && parseFloat(outlineWidth) >= 2 && seen(outlineColor);

  const found = [];
  for (const node of document.querySelectorAll("#room, #room *:not(.code, .code *, progress)")) {
    if (!node.checkVisibility()) continue;
    const say = (what) => found.push(`${what}: ${node.tagName} ${node.id || node.className}`);
    const style = getComputedStyle(node);
    const parts = ["::before", "::after"].map((part) => getComputedStyle(node, part))
      .filter(({ content }) => content !== "none" && content !== "normal");
    const ours = [style, ...parts].flatMap(paintsOf).filter(isOurs);
    ours.forEach((paint) => say(`${paint} is ours`));
    if (node.matches(FRAMED) && !isFramed(style)) say("no frame");
    if (node.matches(DRAWN) && !isDrawn(style)) say("not drawn");
    if (!node.matches(FOCUSED)) continue;
    node.focus({ focusVisible: true });
    if (!isRinged(getComputedStyle(node))) say("no ring");
    node.blur();
  }
  return found;
}"""
# The parts of a progress bar have no style that could be asked for, so this looks at its picture:
# along the middle, which share of it looks as it does at its beginning, inside the frame.
_SHARE: Final = """async (png) => {
  const image = Object.assign(new Image(), { src: `data:image/png;base64,${png}` });
  await image.decode();
  const { width, height } = image;
  const pen = new OffscreenCanvas(width, height).getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, Math.floor(height / 2), width, 1);
  const colours = [...Array(width).keys()].map((x) => data.slice(4 * x, 4 * x + 3).join());
  return colours.filter((one) => one === colours[4]).length / width;
}"""


def lost(page: Page) -> list[str]:
    """What is not drawn in colours of the system, or is not told apart from the ground by them."""
    found: list[str] = page.evaluate(_LOST)
    return found


def share_drawn(page: Page) -> float:
    """How far the progress bar is seen to have come, 0 to 1."""
    png = base64.b64encode(page.locator("#progress").screenshot()).decode()
    share: float = page.evaluate(_SHARE, png)
    return share

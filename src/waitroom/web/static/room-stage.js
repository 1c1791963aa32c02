// What the waiting-room page shows, by a view: the document's side of it. Which words are said is in
// room-words.js, what visitors can do in room-tools.js, the mark-up in templates/room-main.html.
// Everything goes through textContent but for one thing, see #operator.

import { showTools } from "./room-tools.js";
import * as words from "./room-words.js";

const $ = (id) => document.getElementById(id);
const SIGNS = {
  early: "clock",
  joining: "line",
  turn: "turn",
  admitted: "turn",
  gone: "door",
  closed: "door",
  soldout: "ticket",
  unknown: "what",
  astray: "what",
};
const RARE = ["gone", "admitted"]; // nothing is looked at any more
// What stands below one another; none of them within another.
const PARTS = "#scene > *, #line > *, #facts > *, #state, #link, #message, #tools, #next";
const GLIDE = { duration: 250, easing: "cubic-bezier(0.2, 0.7, 0.2, 1)", composite: "add" }; // ms

/** Shows views in a language. Knows nothing of the line but what it is shown. */
export class Stage {
  #say;
  #message = null; // as it was shown last
  #spoken = ""; // what screen readers were told last

  /** @param {import("./words.js").Words} language */
  constructor(language) {
    this.speak(language);
  }

  /** Say everything in `language` from the next `show` on; what never changes, at once. */
  speak(language) {
    this.#spoken = "";
    this.#say = ([id, given]) => language.say(id, given);
    $("room").lang = language.lang;
    $("room").dir = language.dir;
    if (document.body.classList.contains("room-page")) {
      document.documentElement.lang = language.lang;
      document.documentElement.dir = language.dir;
    }
    for (const node of document.querySelectorAll("[data-words]")) {
      text(node, language.say(node.dataset.words));
    }
    for (const node of document.querySelectorAll("[data-label]")) {
      node.setAttribute("aria-label", language.say(node.dataset.label));
    }
  }

  /**
   * @param {import("./waitroom.js").View} view
   * @param {import("./room-words.js").Stay} stay
   */
  show(view, stay = { goal: false, held: false }) {
    const focused = document.activeElement;
    const stood = standing();
    $("room").dataset.phase = view.phase;
    $("room").dataset.paused = String(view.paused);
    $("room").dataset.near = String(words.isNear(view));
    this.#event(view);
    this.#scene(view, stay);
    this.#line(view);
    this.#notes(view, stay);
    this.#link(view);
    showTools(view);
    this.#speak(words.spokenWords(view, stay));
    document.title = this.#title(view, stay);
    $("stage").removeAttribute("data-blank");
    glide(stood);
    reachable($("message-text"));
    keepFocus(focused);
  }

  /** Tell screen readers what a press of a button has done. */
  tell(said) {
    this.#lines("spoken", [said], "p");
  }

  // --- parts ------------------------------------------------------------------------------------

  #scene(view, stay) {
    show("scene", view.phase !== "waiting");
    const [headline, ...explanation] = words.sceneWords(view, stay);
    text($("headline"), this.#say(headline));
    this.#lines("explanation", explanation, "p");
    const waits = view.phase === "turn" && (view.paused || view.full);
    const sign = `#sign-${waits ? "hold" : (SIGNS[view.phase] ?? "line")}`;
    if ($("sign").getAttribute("href") !== sign) $("sign").setAttribute("href", sign);
    this.#countdown(view);
    this.#clock(view, stay);
    show("continue", view.phase === "admitted" && stay.goal);
    show("again", view.phase === "gone");
  }

  #countdown({ phase, opensIn }) {
    const parts = phase === "early" && opensIn > 0 ? words.countdownParts(opensIn) : [];
    show("countdown", parts.length > 0);
    const boxes = children($("countdown"), parts.length, countdownBox);
    parts.forEach(({ unit, count }, index) => {
      const [figure, label] = boxes[index].children;
      text(figure, this.#say(["countdown-figure", { count }]));
      text(label, this.#say([`countdown-${unit}`, { count }]));
    });
  }

  #clock(view, stay) {
    const clock = words.clockWords(view, stay);
    show("clock", clock !== null);
    if (clock === null) return;
    text($("clock-label"), this.#say(clock[0]));
    text($("clock-figure"), this.#say(words.clockFigure(clock[1])));
  }

  #line(view) {
    const inLine = view.phase === "waiting";
    const atTheDoor = view.phase === "turn" && (view.paused || view.full);
    show("line", inLine);
    show("facts", inLine || atTheDoor);
    if (!inLine && !atTheDoor) return;
    text($("mark"), this.#say(words.markWords(view)));
    const [figure, label] = words.aheadWords(view.ahead).map(this.#say);
    text($("ahead"), figure);
    $("ahead").classList.toggle("long", figure.length > 7);
    text($("ahead-label"), label);
    text($("number"), this.#say(["number-figure", { number: view.number }]));
    text($("serving"), this.#say(["serving-figure", { serving: view.serving }]));
    text($("wait"), this.#say(words.waitWords(view)));
    this.#lines("sure", words.sureWords(view), "span");
    $("progress").value = view.progress * 100;
    text($("leave-explanation"), this.#say(["leave-explanation", { number: view.number }]));
  }

  #notes(view, stay) {
    this.#lines("state", words.stateWords(view), "p");
    show("state", $("state").childElementCount > 0);
    const told = view.phase === "waiting" && view.age !== null;
    show("next", told);
    if (told) this.#lines("next", [...words.nextWords(view, stay), words.keptWords(view)], "li");
  }

  #link(view) {
    const trouble = words.troubleWords(view);
    const quiet = view.age === null && view.phase === "joining";
    show("link", trouble !== null || (!quiet && !RARE.includes(view.phase)));
    $("link").dataset.trouble = view.trouble;
    const fresh = this.#say(words.freshWords(view));
    text($("freshness"), trouble === null ? fresh : this.#say(trouble));
    show("as-of", trouble !== null && view.age !== null);
    text($("as-of"), fresh);
  }

  #event({ event, phase }) {
    if (phase === "unknown") this.#operator({}); // whoever wrote it has taken the event away
    if (!event) return;
    text($("title"), event.title || $("room").dataset.eventId);
    this.#operator(event);
  }

  // The operator's own words are Markdown, which the server has made HTML of and then cleaned of
  // all that could do something (docs/theming.md): the one place where HTML is taken as it comes.
  #operator({ message = "", message_html: html }) {
    const key = html ?? message;
    if (key === this.#message) return;
    this.#message = key;
    show("message", key.trim() !== "");
    if (html === undefined) text($("message-text"), message);
    else $("message-text").innerHTML = html;
  }

  /** In one polite live region, and only when there is something new: not each second. */
  #speak(said) {
    const news = JSON.stringify(said);
    if (news === this.#spoken) return;
    this.#spoken = news;
    this.#lines("spoken", said, "p");
  }

  #title(view, stay) {
    const [ahead] = view.phase === "waiting" ? words.aheadWords(view.ahead) : words.sceneWords(view, stay);
    return `${this.#say(ahead)} · ${$("title").textContent}`;
  }

  /** Sentences, each in an element of its own, so that they need no glue between them. */
  #lines(id, said, tag) {
    const nodes = children($(id), said.length, () => document.createElement(tag));
    said.forEach((one, index) => text(nodes[index], this.#say(one)));
  }
}

/** Sets a text only where it differs, so that nothing flickers and nothing is read out twice. */
function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

function show(id, visible) {
  if ($(id).hidden === visible) $(id).hidden = !visible;
}

function children(node, count, made) {
  while (node.childElementCount > count) node.lastElementChild.remove();
  while (node.childElementCount < count) node.append(made());
  return [...node.children];
}

function countdownBox() {
  const box = document.createElement("div");
  box.append(document.createElement("span"), document.createElement("span"));
  return box;
}

/** Where each part that is to be seen stands, be it on its way there or not. */
function standing() {
  const seen = [...$("stage").querySelectorAll(PARTS)].filter((part) => part.offsetHeight > 0);
  return new Map(seen.map((part) => [part, part.offsetTop]));
}

/**
 * What makes room for something new, or takes the room of what is gone, does not jump: it is held
 * where it stood, and glides from there. Where the page is scrolled, browsers hold what is read
 * (CSS Scroll Anchoring).
 */
function glide(stood) {
  if (scrollY > 0 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [part, top] of standing()) {
    const by = (stood.get(part) ?? top) - top;
    if (by !== 0) part.animate({ transform: [`translateY(${by}px)`, "none"] }, GLIDE);
  }
}

/** What has to be scrolled can be scrolled by keyboard; not every browser sees to that (Safari). */
function reachable(node) {
  const overflows = node.scrollHeight > node.clientHeight;
  if (overflows) node.tabIndex = 0;
  else node.removeAttribute("tabindex");
}

/** Whoever stood on something that is gone now goes on at the headline, not at the page's top. */
function keepFocus(focused) {
  if (!focused || focused === document.body) return;
  if (focused.isConnected && focused.closest("[hidden]") === null) return;
  ($("line").hidden ? $("headline") : $("hero")).focus();
}

// The waiting-room page: binds a Waitroom to the document. Everything shown goes through
// textContent; what the words are is in room-words.js.

import { spanPhrase } from "./pace.js";
import { PlaceKeeper } from "./place.js";
import { Departures, safeReturn } from "./returning.js";
import * as words from "./room-words.js";
import { Waitroom } from "./waitroom.js";

const $ = (id) => document.getElementById(id);
const { eventId, returnUrl, authorization, ask, placeCookie, placeMaxAge } = $("room").dataset;
const goal = safeReturn(returnUrl); // of an authorization: the site that waits for it
const departures = new Departures(eventId);
const room = new Waitroom(eventId, {
  keeper: new PlaceKeeper(eventId, { name: placeCookie, maxAge: Number(placeMaxAge) }),
  onward: authorization ? { authorization } : goal ? { return_url: goal } : {},
});
let admission = null; // {held, until}: until in performance.now() milliseconds
let pressed = false; // the visitor wants to go on now
let going = "";

/** Sets a text only where it differs, so that nothing flickers and nothing is read out twice. */
function say(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

function show(id, visible) {
  if ($(id).hidden === visible) $(id).hidden = !visible;
}

function render() {
  const view = room.view;
  going = admission ? goingWords() : "";
  document.body.dataset.phase = view.phase;
  document.body.dataset.paused = String(view.paused);
  renderScene(view);
  renderLine(view);
  renderLink(view);
  renderEvent(view);
  say("spoken", words.spokenWords(view, going));
  document.title = pageTitle(view);
}

function renderScene(view) {
  const [headline, explanation] = words.sceneWords(view, going);
  show("scene", view.phase !== "waiting");
  say("headline", headline);
  say("explanation", explanation);
  show("again", view.phase === "gone");
  show("continue", view.phase === "admitted" && goal !== "");
}

function renderLine(view) {
  const inLine = view.phase === "waiting";
  show("line", inLine);
  show("facts", inLine || view.phase === "turn");
  if (view.number === null) return;
  const [figure, label] = words.aheadWords(view.ahead);
  say("ahead", figure);
  $("ahead").classList.toggle("long", figure.length > 7);
  say("ahead-label", label);
  say("number", words.grouped(view.number));
  say("serving", words.grouped(view.serving));
  say("wait", words.waitWords(view));
  $("progress").value = view.progress * 100;
}

function renderLink(view) {
  const live = !["gone", "admitted"].includes(view.phase);
  show("link", live || view.trouble !== "");
  $("link").dataset.trouble = view.trouble;
  say("freshness", words.linkWords(view));
  show("hint", view.phase === "waiting" || view.phase === "turn");
  say("hint", view.fragile ? $("hint").dataset.fragile : $("hint").dataset.kept);
}

function renderEvent(view) {
  if (view.event) say("title", view.event.title || eventId);
  const message = view.event?.message ?? "";
  show("message", message !== "");
  say("message-text", message);
  const state = words.stateWords(view);
  show("state", state !== "");
  say("state", state);
}

function pageTitle(view) {
  const title = $("title").textContent;
  if (view.phase === "waiting") return `${words.aheadWords(view.ahead)[0]} · ${title}`;
  return `${words.sceneWords(view, going)[0]} · ${title}`;
}

// --- passing on ---------------------------------------------------------------------------------

function goingWords() {
  if (goal) return admission.held ? "Press Continue to go on." : "Taking you there now…";
  const left = Math.max(0, (admission.until - performance.now()) / 1_000);
  return `You are admitted. Your admission is valid for ${spanPhrase(left)}.`;
}

room.addEventListener("admitted", ({ detail: { location: to, expiresIn } }) => {
  const held = goal !== "" && !pressed && (ask === "1" || !departures.allow());
  admission = { held, until: performance.now() + expiresIn * 1_000 };
  pressed = false;
  render();
  if (goal && !held && safeReturn(to)) location.replace(to);
});

room.addEventListener("change", render);
$("again").addEventListener("click", () => {
  admission = null;
  room.joinAgain();
});
$("continue").addEventListener("click", () => {
  pressed = true; // what the server said before is too old by now
  room.look();
});

function begin() {
  $("stage").hidden = false;
  room.start();
  render();
  setInterval(render, 1_000); // the age of what is shown
}

// A browser that fetches ahead joins nobody: the visitor may never come.
if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
else begin();

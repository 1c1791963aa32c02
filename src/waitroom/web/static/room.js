// The waiting-room page: binds a visitor's stay in the line (waitroom.js) to what is shown of it
// (room-stage.js), and passes the visitor on. What can be done while waiting is in room-tools.js.

import { Caller } from "./calling.js";
import { PlaceKeeper } from "./place.js";
import { Departures, safeReturn } from "./returning.js";
import { firstWords, offerLanguages } from "./room-language.js";
import { Stage } from "./room-stage.js";
import { bindTools } from "./room-tools.js";
import { TabIcon } from "./tab-icon.js";
import { Waitroom } from "./waitroom.js";

const TICK_MS = 1_000; // clocks, and the age of what is shown
const RING_MS = 2_000; // a call must not keep anybody from going on
const TRY_AGAIN_MS = 5_000; // while no words can be had

const $ = (id) => document.getElementById(id);
const { eventId, returnUrl, authorization, ask, placeCookie, placeMaxAge } = $("room").dataset;
const goal = safeReturn(returnUrl); // of an authorization: the site that waits for it
const departures = new Departures(eventId);
const caller = new Caller();
const icon = new TabIcon();
const room = new Waitroom({
  event: eventId,
  keeper: new PlaceKeeper(eventId, { name: placeCookie, maxAge: Number(placeMaxAge) }),
  onward: authorization ? { authorization } : goal ? { return_url: goal } : {},
});
const stay = { goal: goal !== "", held: false };
let words = null;
let stage = null;
let pressed = false; // the visitor wants to go on now
let rung = false;

function render() {
  if (stage === null) return;
  const { view } = room;
  stage.show(view, stay);
  icon.show(view);
}

/** Once for each turn: called by whatever the visitor wanted to be called by. */
async function ring() {
  if (rung || !caller.calls) return;
  rung = true;
  const title = words.say("call-notice");
  const body = words.say("call-notice-text", { title: $("title").textContent });
  const called = caller.ring({ title, body, lang: words.lang, dir: words.dir });
  await Promise.race([called, new Promise((resolve) => setTimeout(resolve, RING_MS))]);
}

room.on("admitted", async ({ location: to }) => {
  stay.held = stay.goal && !pressed && (ask === "1" || !departures.allow());
  pressed = false;
  render();
  const goes = stay.goal && !stay.held && safeReturn(to) !== "";
  await ring();
  if (goes) location.replace(to);
});

room.on("update", render);
$("again").addEventListener("click", () => {
  stay.held = false;
  rung = false;
  room.joinAgain();
});
$("continue").addEventListener("click", () => {
  pressed = true; // what the server said before is too old by now
  room.look();
});

function spoken(language) {
  words = language;
  stage ??= new Stage(words);
  stage.speak(words);
  render();
}

/** The page stays wordless rather than wrong while there are no words; the line is joined anyway. */
async function findWords() {
  try {
    spoken(await firstWords());
  } catch {
    setTimeout(findWords, TRY_AGAIN_MS);
    return;
  }
  $("plain").remove();
  offerLanguages($("language"), words.lang, spoken);
  bindTools(room, caller, {
    say: (id, given) => words.say(id, given),
    tell: (said) => stage.tell(said),
  });
}

function begin() {
  room.start();
  findWords();
  setInterval(render, TICK_MS);
}

// A browser that fetches ahead joins nobody: the visitor may never come.
if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
else begin();

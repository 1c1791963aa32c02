// What the waiting-room page says, by the view of waitroom.js. Pure: view in, words out.

import { rangePhrase } from "./pace.js";

const NUMBER = new Intl.NumberFormat("en");

/** 1234567 -> "1,234,567" */
export const grouped = (value) => NUMBER.format(value);

const GONE = {
  reset: [
    "The line was started anew",
    "The organiser has reset this line; earlier places no longer count. You can join the new one.",
  ],
  expired: [
    "Your place has expired",
    "Your number was called, but it was not taken up in time. You can join the line again.",
  ],
  left: [
    "You left the line",
    "This place was given up. If you still want to go in, you can join the line again.",
  ],
  ended: [
    "Your visit has ended",
    "You were let in, and your visit is over. To come back, join the line again.",
  ],
  over: [
    "Your admission has run out",
    "You were let in, and the time you were given is over. To come back, join the line again.",
  ],
};

const FULL =
  "Your place is being served; the site is full for a moment. You go in as soon as there is room.";

const CHANGED = {
  held: "The site is busy, so the line is slowed down for the moment. You keep your place.",
  slower: "The line moves more slowly than it did, so the wait is longer.",
  faster: "The line moves faster than it did, so the wait is shorter.",
};

const SCENES = {
  joining: () => ["Getting your place in line", "This takes a moment."],
  waiting: (view) => [aheadWords(view.ahead).join(" "), ""],
  turn: (view) => {
    if (view.paused) {
      return ["You’re at the door", "Nobody is let in for the moment. You go in as soon as it opens."];
    }
    if (view.full) return ["You’re at the door", FULL];
    return ["It’s your turn", "Opening the door for you…"];
  },
  admitted: (_view, going) => ["It’s your turn", going],
  gone: (view) => GONE[view.reason],
  closed: () => [
    "This line is closed",
    "Nobody new is taken for the moment. Keep this page open: you get a place when it opens.",
  ],
  astray: () => [
    "We cannot send you on from here",
    "This page does not lead to where you came from, or was open for too long. Please go back there and try again.",
  ],
  unknown: () => [
    "There is no line here",
    "The address may be mistyped, or the event is over. Please check where you came from.",
  ],
};

/**
 * Headline and explanation.
 * @param {import("./waitroom.js").View} view
 * @param {string} going what happens next to a visitor who was admitted
 * @returns {[string, string]}
 */
export function sceneWords(view, going) {
  return SCENES[view.phase](view, going);
}

/** The big figure and the words under it. */
export function aheadWords(ahead) {
  if (ahead === 0) return ["You’re next", "in line"];
  return [grouped(ahead), ahead === 1 ? "person ahead of you" : "people ahead of you"];
}

/** The expected wait. */
export function waitWords(view) {
  if (view.paused) return "on hold";
  if (view.phase === "turn") return view.full ? "until there is room" : "none";
  if (view.age === null) return "…";
  return view.wait === null ? "not known yet" : rangePhrase(view.wait);
}

/** How things stand between page and server. */
export function linkWords({ phase, trouble, number, age }) {
  const safe = number === null ? "" : " Your place is safe.";
  if (trouble === "offline") return `Connection lost.${safe} Trying again…`;
  if (trouble === "busy") return `Very busy right now.${safe} Trying again…`;
  if (phase === "closed" || phase === "unknown" || phase === "astray") return "Looking again every half a minute";
  if (age === null) return "Connecting…";
  if (age < 5) return "Updated just now";
  if (age < 60) return `Updated ${5 * Math.floor(age / 5)} s ago`;
  return `Updated ${Math.floor(age / 60)} min ago`;
}

/**
 * What an event's state means for whoever is in line, and why the wait is not what it was; "" if
 * there is nothing to say.
 */
export function stateWords(view) {
  if (view.phase !== "waiting") return "";
  if (view.paused) return "The line is on hold for a moment. You keep your place.";
  const closed = view.event?.state === "closed";
  const state = closed ? "The line takes nobody new. You keep your place." : "";
  const changed = Object.hasOwn(CHANGED, view.changed) ? CHANGED[view.changed] : "";
  return [state, changed].filter(Boolean).join(" ");
}

/**
 * What a screen reader is told; a new text only when something that matters has changed: not each
 * number, but each time the crowd ahead has shrunk to the next of a few round sizes.
 */
export function spokenWords(view, going) {
  const trouble = view.trouble ? ` ${linkWords(view)}` : "";
  if (view.phase !== "waiting") return sceneWords(view, going).join(". ") + trouble;
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6, 1e12];
  const step = steps.find((size) => view.ahead < size);
  const crowd = step === 1 ? "You are next." : `Fewer than ${grouped(step)} people ahead of you.`;
  return `You are number ${grouped(view.number)} in line. ${crowd} ${stateWords(view)}${trouble}`;
}

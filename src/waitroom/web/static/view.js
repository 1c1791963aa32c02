// What there is to show of a stay in the line. Pure but for the time: fields in, fields out. What
// the words are is for the page. What must change with it: waitroom.d.ts, docs/own-page.md.

import { peopleAhead, progress, waitRange } from "./pace.js";

/** @returns {import("./waitroom.js").View} */
export function viewOf(stay, trouble, fragile) {
  return {
    phase: stay.phase,
    reason: stay.reason,
    notice: stay.notice,
    trouble,
    ...lineOf(stay),
    ...placeOf(stay),
    ...spansOf(stay),
    fragile,
  };
}

function lineOf({ status, full, elsewhere }) {
  return {
    paused: status?.state === "paused",
    soldOut: status?.state === "sold_out",
    full,
    elsewhere,
    changed: status?.wait_changed?.why ?? "",
    event: status,
  };
}

function placeOf(stay) {
  if (!stay.place) return { number: null, serving: null, ahead: null, progress: 0, wait: null };
  const { number, start } = stay.place;
  const ahead = peopleAhead(number, stay.serving);
  return {
    number,
    serving: stay.serving,
    ahead,
    progress: progress(number, start, stay.serving),
    wait: waitOf(stay),
  };
}

/** The wait of who has a place, as a range; null if it is not known. */
export function waitOf(stay) {
  if (stay.called) return [0, 0];
  return waitRange(stay.status?.wait, peopleAhead(stay.place.number, stay.serving));
}

function spansOf(stay) {
  const since = (at) => (performance.now() - at) / 1_000;
  const isIn = stay.phase === "admitted" && stay.admittedUntil !== null;
  const early = stay.phase === "early" && stay.status !== null;
  return {
    age: stay.status === null ? null : since(stay.statusAt),
    opensIn: early ? Math.max(0, stay.opensIn) : null,
    takeBy: takeBy(stay, since),
    admittedFor: isIn ? Math.max(0, -since(stay.admittedUntil)) : null,
  };
}

/**
 * The time runs from the call, which came after the last look at which the place was not called. So
 * this is never more than the server gives. While nobody is let in it stands still, and at a full
 * site each try starts it anew: there is nothing to count down then.
 */
function takeBy({ phase, status, full, uncalledAt }, since) {
  const period = status?.expiry_period ?? 0;
  const runs = phase === "turn" && !full && ["open", "closed"].includes(status?.state);
  if (!runs || period <= 0 || uncalledAt === null) return null;
  return Math.max(0, period - since(uncalledAt));
}

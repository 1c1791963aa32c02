// What the waiting-room page says, by the view of waitroom.js. Pure: a view in, message ids and
// what they are filled with out; the texts are in words/<language>.ftl.
// What must change with it: the catalogues; tests/web/test_modules.py.

/** @typedef {[string, Record<string, string | number | Date>?]} Said a message id, and its arguments */

const SHORT_S = 50;
const MOST_HALVES = 24; // past 12 hours a wait is not told apart
const NEAR_S = 120; // "nearly there": nine in ten wait no longer
const NEAR_AHEAD = 5; // the same while the wait is not known
const ROUGH = 2.5; // nine in ten wait so many times the usual wait: a rough estimate

const NOTICES = {
  carried: "notice-carried",
  carry_behind: "notice-carry-behind",
  carry_refused: "notice-carry-refused",
};
const CHANGED = { held: "changed-held", slower: "changed-slower", faster: "changed-faster" };
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5],
  ...[1e6, 2e6, 5e6, 1e7, 1e8, 1e9, 1e12],
];

const plain = (name) => () => [[`${name}-headline`], [`${name}-explanation`]];

const SCENES = {
  early: earlyScene,
  joining: plain("joining"),
  waiting: (view) => [view.ahead === 0 ? ["next-figure"] : ["ahead-label", { ahead: view.ahead }]],
  turn: turnScene,
  admitted: (view, stay) => [["turn-headline"], [goingWords(view, stay)]],
  gone: goneScene,
  closed: plain("closed"),
  soldout: soldOutScene,
  unknown: plain("unknown"),
  astray: plain("astray"),
};

/**
 * @typedef {{goal: boolean, held: boolean}} Stay what the page itself knows. `goal`: there is a site
 * to go on to; `held`: only when the visitor says so
 */

/**
 * Headline, and the sentences under it.
 * @param {import("./waitroom.js").View} view
 * @param {Stay} stay
 * @returns {Said[]}
 */
export function sceneWords(view, stay) {
  return SCENES[view.phase](view, stay);
}

function earlyScene(view) {
  if (view.opensIn === null || !view.event) return plain("joining")(); // not told when, so far
  if (view.opensIn <= 0) return [["early-now-headline"], ["early-now-explanation"]];
  const at = new Date(1_000 * view.event.opens_at);
  return [["early-headline"], ["early-when", { at }], ["early-explanation"]];
}

function turnScene(view) {
  if (view.paused) return [["door-headline"], ["door-paused"]];
  if (view.full) return [["door-headline"], ["door-full"]];
  return [["turn-headline"], ["turn-explanation"]];
}

function goneScene({ reason, number, event }) {
  const period = event?.expiry_period ?? 0;
  if (reason !== "expired" || period <= 0 || number === null) return plain(reason)();
  return [["expired-headline"], spanned("expired", period, { number })];
}

function soldOutScene({ number }) {
  return [["soldout-headline"], number === null ? ["soldout-explanation"] : ["soldout-kept", { number }]];
}

function goingWords({ elsewhere }, { goal, held }) {
  if (!goal) return "admitted-here";
  if (elsewhere) return "admitted-elsewhere";
  return held ? "admitted-held" : "admitted-going";
}

/** Whether it is a visitor's turn any moment now. */
export function isNear(view) {
  if (view.phase !== "waiting" || view.paused) return false;
  if (view.ahead === 0) return true;
  return view.wait === null ? view.ahead < NEAR_AHEAD : view.wait[1] <= NEAR_S;
}

/** The mark above the large figure, while waiting. */
export function markWords(view) {
  if (view.paused) return ["mark-paused"];
  return [isNear(view) ? "mark-near" : "mark-waiting"];
}

/** The large figure and the words under it. */
export function aheadWords(ahead) {
  if (ahead === 0) return [["next-figure"], ["next-label"]];
  return [["ahead-figure", { ahead }], ["ahead-label", { ahead }]];
}

// --- spans --------------------------------------------------------------------------------------

/** A span as a round figure: minutes, fives of minutes, half hours. Never 0. */
export function coarse(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const round = minutes < 10 ? minutes : 5 * Math.round(minutes / 5);
  if (minutes < 58) return { count: round, unit: "minutes" };
  return { count: Math.max(2, Math.round(minutes / 30)) / 2, unit: "hours" };
}

/** A message that there is one of for minutes and one for hours. */
function spanned(name, seconds, more = {}) {
  const { count, unit } = coarse(seconds);
  return [`${name}-${unit}`, { ...more, [unit]: count }];
}

const isLong = ({ count, unit }) => unit === "hours" && 2 * count > MOST_HALVES;

/**
 * A calm phrase for a wait that is known as a range: coarse on purpose, so that it does not flicker.
 * @param {[number, number]} wait seconds: the usual one, and what nine in ten do not exceed
 * @returns {Said}
 */
export function rangeWords([usual, late]) {
  if (late < SHORT_S) return ["wait-short"];
  const [low, high] = [coarse(usual), coarse(Math.max(usual, late))];
  if (isLong(low)) return ["wait-long", { hours: MOST_HALVES / 2 }];
  if (usual < SHORT_S / 2) {
    return isLong(high) ? ["wait-unclear"] : [`wait-up-to-${high.unit}`, { [high.unit]: high.count }];
  }
  const { unit, count } = low;
  if (isLong(high)) return [`wait-${unit}-or-more`, { [unit]: count }];
  if (unit !== high.unit) {
    // "1 minute to 2 hours" would say nothing but that it is not clear
    return count === 1 ? ["wait-unclear"] : ["wait-range-minutes-hours", { low: count, high: high.count }];
  }
  if (count === high.count) return [`wait-${unit}`, { [unit]: count }];
  return [`wait-range-${unit}`, { low: count, high: high.count }];
}

/** The expected wait. */
export function waitWords(view) {
  if (view.paused) return ["wait-on-hold"];
  if (view.phase === "turn") return ["wait-for-room"];
  if (view.age === null) return ["wait-unread"];
  return view.wait === null ? ["wait-unknown"] : rangeWords(view.wait);
}

/** How sure the expected wait is. @returns {Said[]} */
export function sureWords(view) {
  if (view.phase !== "waiting" || view.age === null) return [];
  if (view.paused) return [["sure-paused"]];
  if (view.wait === null) return [["sure-unknown"]];
  const [usual, late] = view.wait;
  if (late < SHORT_S || isLong(coarse(late))) return [];
  const rough = late > ROUGH * usual && late > NEAR_S;
  return [spanned("sure", late), ...(rough ? [["sure-rough"]] : [])];
}

/** What happens when it is the visitor's turn, and how long they then have. @returns {Said[]} */
export function nextWords(view, { goal }) {
  const first = goal ? "next-goes-on" : "next-says-so";
  if (!view.event) return [[first]];
  const period = view.event.expiry_period ?? 0;
  return [[first], period > 0 ? spanned("next-kept", period) : ["next-kept"]];
}

/** Where the place is kept. */
export function keptWords({ fragile }) {
  return [fragile ? "hint-fragile" : "hint-kept"];
}

// --- the link and the line ----------------------------------------------------------------------

/** What is in the way between page and server; null if nothing is. */
export function troubleWords({ trouble, number }) {
  if (trouble === "") return null;
  return [number === null ? `trouble-${trouble}` : `trouble-${trouble}-kept`];
}

/** How old is what the page shows. */
export function freshWords({ phase, age, opensIn }) {
  if (["closed", "soldout", "unknown", "astray"].includes(phase)) return ["fresh-rarely"];
  if (age === null) return ["fresh-connecting"];
  if (age < 5 || (phase === "early" && opensIn > 0 && age < 60)) return ["fresh-now"];
  if (age < 60) return ["fresh-seconds", { seconds: 5 * Math.floor(age / 5) }];
  return ["fresh-minutes", { minutes: Math.floor(age / 60) }];
}

/**
 * What an event's state means for whoever is in line, why the wait is not what it was, and what
 * became of a place that came along from another device.
 * @returns {Said[]}
 */
export function stateWords(view) {
  const notice = known(NOTICES, view.notice);
  if (view.phase !== "waiting") return notice;
  if (view.paused) return [["paused-note"], ...notice];
  const closed = view.event?.state === "closed" ? [["closed-note"]] : [];
  return [...closed, ...known(CHANGED, view.changed), ...notice];
}

function known(table, name) {
  return Object.keys(table).includes(name) ? [[table[name]]] : [];
}

/**
 * What a screen reader is told; another text only when something that matters has changed: not each
 * number, but each time the crowd ahead has shrunk to the next of a few round sizes.
 * @returns {Said[]}
 */
export function spokenWords(view, stay) {
  const trouble = troubleWords(view);
  return [...lineWords(view, stay), ...(trouble ? [trouble] : [])];
}

function lineWords(view, stay) {
  if (view.phase !== "waiting") {
    return [...sceneWords(view, stay), ...lastMinute(view), ...stateWords(view)];
  }
  const step = STEPS.find((size) => view.ahead < size);
  const crowd = step === 1 ? ["spoken-next"] : ["spoken-crowd", { people: step }];
  const near = step > 1 && isNear(view) ? [["mark-near"]] : [];
  return [["spoken-number", { number: view.number }], crowd, ...near, ...stateWords(view)];
}

function lastMinute({ phase, opensIn }) {
  return phase === "early" && opensIn > 0 && opensIn <= 60 ? [["early-last-minute"]] : [];
}

// --- clocks that run down -----------------------------------------------------------------------

/**
 * The parts of a span for a countdown to the opening, largest first; leading zeros left out down to
 * the minutes.
 * @returns {{unit: "days" | "hours" | "minutes" | "seconds", count: number}[]}
 */
export function countdownParts(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const parts = [
    { unit: "days", count: Math.floor(left / 86_400) },
    { unit: "hours", count: Math.floor(left / 3_600) % 24 },
    { unit: "minutes", count: Math.floor(left / 60) % 60 },
    { unit: "seconds", count: left % 60 },
  ];
  const first = parts.findIndex(({ count, unit }) => count > 0 || unit === "minutes");
  return parts.slice(first);
}

/** Which clock runs down, and how many seconds it has left; null if none does. */
export function clockWords({ phase, takeBy, admittedFor, elsewhere }, { goal, held }) {
  const shown = phase === "admitted" && (held || elsewhere || !goal) ? admittedFor : null;
  if (shown !== null) return [["admission-label"], shown];
  return phase === "turn" && takeBy !== null ? [["take-by-label"], takeBy] : null;
}

/** A clock: 59:30, 1:02:30. */
export function clockFigure(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const parts = { minutes: Math.floor(left / 60) % 60, seconds: left % 60 };
  if (left < 3_600) return ["clock-minutes", parts];
  return ["clock-hours", { hours: Math.floor(left / 3_600), ...parts }];
}

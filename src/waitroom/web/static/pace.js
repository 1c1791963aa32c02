// Numbers of the line, and when to ask again. Pure: no DOM, no clock, no network.
// Milliseconds where a name says so, seconds otherwise.

const NEAR_MS = 2_000;
const FAR_MS = 24_000; // with the jitter of a quarter: 30 s at most
const HIDDEN_MS = [10_000, 48_000];
const FASTEST_MS = 1_000;
const BACKOFF_MS = [2_000, 60_000];
const LONGEST_RETRY_AFTER = 600;

/** Positions before mine that have not been called yet. */
export function peopleAhead(mine, serving) {
  return Math.max(0, mine - serving - 1);
}

/** Seconds until `mine` is called at the present rate, or null when the rate tells nothing. */
export function waitSeconds(mine, serving, perSecond) {
  if (mine <= serving) return 0;
  return perSecond > 0 ? (mine - serving) / perSecond : null;
}

/** How much of the own way is done, 0 to 1: those who were ahead at the start and are no more. */
export function progress(mine, start, serving) {
  const before = peopleAhead(mine, start);
  if (before === 0) return 1;
  return clamp(1 - peopleAhead(mine, serving) / before, 0, 1);
}

/** A calm phrase for a span: coarse on purpose, so that it does not flicker. */
export function spanPhrase(seconds) {
  if (seconds < 50) return "less than a minute";
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 10) return `about ${plural(minutes, "minute")}`;
  if (minutes < 58) return `about ${5 * Math.round(minutes / 5)} minutes`;
  const halves = Math.max(2, Math.round(minutes / 30));
  if (halves > 24) return "more than 12 hours";
  return halves % 2 ? `about ${(halves - 1) / 2}½ hours` : `about ${plural(halves / 2, "hour")}`;
}

function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Milliseconds until the next look at the line: a tenth of the expected wait, so that whoever is
 * near looks often and whoever is far costs little. Spread by a quarter either way, so that clients
 * that started together drift apart.
 *
 * @param {{mine: number, serving: number, perSecond: number, paused: boolean, hidden: boolean}} at
 * @param {() => number} random
 */
export function pollDelay(at, random = Math.random) {
  const wait = waitSeconds(at.mine, at.serving, at.perSecond);
  const tenth = (wait ?? guessedWait(peopleAhead(at.mine, at.serving))) * 100;
  let delay = clamp(tenth, at.paused ? 2 * NEAR_MS : NEAR_MS, FAR_MS);
  if (at.hidden) delay = clamp(2 * delay, ...HIDDEN_MS);
  return Math.max(FASTEST_MS, spread(delay, random));
}

/** With no rate to go by: take it that ten a second could be let in from now on. */
function guessedWait(ahead) {
  return 10 + ahead / 10;
}

/** Milliseconds around `delay`: from three to five quarters of it. */
export function spread(delay, random = Math.random) {
  return delay * (0.75 + 0.5 * random());
}

/**
 * Milliseconds before try number `failures + 1`: exponential with full jitter, so that a returning
 * server meets its clients one by one. Never earlier than the server's Retry-After, and spread
 * behind it, since everybody was told the same number.
 */
export function retryDelay(failures, retryAfter = 0, random = Math.random) {
  const [first, longest] = BACKOFF_MS;
  const backoff = random() * Math.min(longest, first * 2 ** Math.min(failures - 1, 10));
  const told = 1_000 * Math.min(retryAfter, LONGEST_RETRY_AFTER);
  return Math.max(FASTEST_MS, told > 0 ? told * (1 + random() / 2) : 0, backoff);
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

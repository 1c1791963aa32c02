// Numbers of the line, and when to ask again. Pure: no DOM, no clock, no network.
// Milliseconds where a name says so, seconds otherwise.

const NEAR_MS = 2_000;
const FAR_MS = 24_000; // with the jitter of a quarter: 30 s at most
const EARLY_MS = 48_000; // with the jitter: a minute at most
const HIDDEN_MS = [10_000, 48_000];
const FASTEST_MS = 1_000;
const BACKOFF_MS = [2_000, 60_000];
const LONGEST_RETRY_AFTER = 600;

/** Positions before mine that have not been called yet. */
export function peopleAhead(mine, serving) {
  return Math.max(0, mine - serving - 1);
}

/**
 * The wait with `ahead` people before one, from the table of `status`: the seconds that one in two
 * and that nine in ten do not have to wait longer than. Between two rows, and behind the last, it
 * goes on in a straight line. Null if the table tells nothing.
 *
 * @param {number[][] | undefined} rows [ahead, p50, p90], by rising ahead
 * @param {number} ahead
 * @returns {[number, number] | null}
 */
export function waitRange(rows, ahead) {
  if (!Array.isArray(rows) || rows.length === 0) return null;
  const next = rows.findIndex(([place]) => place >= ahead);
  const above = rows[next < 0 ? rows.length - 1 : next];
  if (next === 0 || above[0] === ahead) return [above[1], above[2]];
  const [place, ...waits] = next > 0 ? rows[next - 1] : [0, 0, 0];
  const share = (ahead - place) / Math.max(1, above[0] - place);
  return waits.map((wait, index) => wait + share * (above[index + 1] - wait));
}

/** How much of the own way is done, 0 to 1: those who were ahead at the start and are no more. */
export function progress(mine, start, serving) {
  const before = peopleAhead(mine, start);
  if (before === 0) return 1;
  return clamp(1 - peopleAhead(mine, serving) / before, 0, 1);
}

/**
 * Milliseconds until the next look at the line: a tenth of the expected wait, so that whoever is
 * near looks often and whoever is far costs little. Spread by a quarter either way, so that clients
 * that started together drift apart.
 *
 * @param {{mine: number, serving: number, wait: number|null, paused: boolean, hidden: boolean}} at
 * wait in seconds, null if not known
 * @param {() => number} random
 */
export function pollDelay(at, random = Math.random) {
  const tenth = (at.wait ?? guessedWait(peopleAhead(at.mine, at.serving))) * 100;
  let delay = clamp(tenth, at.paused ? 2 * NEAR_MS : NEAR_MS, FAR_MS);
  if (at.hidden) delay = clamp(2 * delay, ...HIDDEN_MS);
  return Math.max(FASTEST_MS, spread(delay, random));
}

/**
 * Milliseconds until the next look at a line that opens in `opensIn` ms: rarely while that is far,
 * so that the crowd before a start costs little, and right then, not before.
 */
export function earlyDelay(opensIn, random = Math.random) {
  const delay = spread(clamp(opensIn / 10, NEAR_MS, EARLY_MS), random);
  return delay > opensIn / 2 ? Math.max(0, opensIn) : delay;
}

/** With no estimate to go by: take it that ten a second could be let in from now on. */
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

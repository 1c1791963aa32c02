// The way on: only to web addresses, and not in circles. What a visitor carries along is the
// server's business (POST /api/hand_over).

/** `url` if it is an absolute http(s) address, else "". The server has checked it; so do we. */
export function safeReturn(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol) ? url : "";
  } catch {
    return "";
  }
}

const LOOP_MS = 60_000;
const LOOP_LIMIT = 3;

/**
 * Counts how often this tab was sent on of late. A gate that does not accept what we send sends the
 * visitor straight back; after a few rounds of that the visitor, not the page, decides to go on.
 */
export class Departures {
  #key;

  constructor(eventId) {
    this.#key = `waitroom:sent-on:${eventId}`;
  }

  /** Note one more departure; false if there were too many within the last minute. */
  allow(now = Date.now()) {
    try {
      const past = JSON.parse(sessionStorage.getItem(this.#key) ?? "[]");
      const recent = past.filter((at) => Math.abs(now - at) < LOOP_MS);
      sessionStorage.setItem(this.#key, JSON.stringify([...recent, now].slice(-LOOP_LIMIT)));
      return recent.length < LOOP_LIMIT;
    } catch {
      return true; // no storage: then the place is not kept either, and there is no loop
    }
  }
}

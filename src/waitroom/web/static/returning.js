// The way on: the return address with the token in it, and not going in circles.

const PARAMETER = "waitroom_token";

/** `url` if it is an absolute http(s) address, else "". The server has checked it; so do we. */
export function safeReturn(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol) ? url : "";
  } catch {
    return "";
  }
}

/**
 * `url` with `waitroom_token=<token>` at the end of its query, before the fragment. A token that
 * is there already (the gate sent it back) is replaced; all else stays letter for letter.
 */
export function withToken(url, token) {
  const [, address, query = "", fragment = ""] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(url);
  const parts = query === "" ? [] : query.split("&");
  const kept = parts.filter((part) => part.split("=")[0] !== PARAMETER);
  const all = [...kept, `${PARAMETER}=${encodeURIComponent(token)}`];
  return `${address}?${all.join("&")}${fragment}`;
}

const LOOP_MS = 60_000;
const LOOP_LIMIT = 3;

/**
 * Counts how often this tab was sent on of late. A gate that does not accept our token sends the
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

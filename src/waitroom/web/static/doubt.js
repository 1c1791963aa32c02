// Whether a place may be one of before a reset, told by the counters, which only grow otherwise.
// What belongs here: when to ask the server. Pure but for the time that is passed in, in ms.

const LONG_GAP_MS = 300_000; // after such a sleep the line may have been started anew
const CHECK_EVERY_MS = 60_000;

export class Doubt {
  #suspect;
  #highest; // serving counter seen for this place
  #odd = 0; // looks in a row at counters that do not fit the place
  #checkedAt = -Infinity;

  /** @param {boolean} suspect the place is not fresh from the server */
  constructor(place, suspect) {
    this.#highest = place.start;
    this.#suspect = suspect;
  }

  /**
   * Look at a new `status`; `old` is the one before it, of `gap` ms ago, or null. A worker may lag
   * behind the others for a moment, and an operator may step back, so a single odd look means
   * nothing.
   */
  see({ serving_counter: serving, queue_counter: queue, epoch }, place, old, gap) {
    const anew = old !== null && epoch !== old.epoch;
    const odd = serving < this.#highest || queue < place.number;
    this.#odd = odd ? this.#odd + 1 : 0;
    this.#highest = Math.max(this.#highest, serving);
    if (anew || (old !== null && gap > LONG_GAP_MS) || this.#odd > 1) this.#suspect = true;
  }

  /** Whether the server is to be asked. */
  wants(now) {
    return this.#suspect && now - this.#checkedAt >= CHECK_EVERY_MS;
  }

  /** The server says that the place is good. */
  settle(serving, now) {
    this.#suspect = false;
    this.#checkedAt = now;
    this.#highest = serving;
    this.#odd = 0;
  }
}

// Which place is this browser's: the one it has kept, the one that the server has set in the cookie,
// the one that came along in a link, or a new one. What belongs here: choosing among them, once for
// all tabs. Keeping it is for place.js.

const NOT_OURS = ["request_unknown", "invalid_field"]; // said of a place that is none of this line
const NO_GOOD = [...NOT_OURS, "place_expired", "place_given_up"];

/** @typedef {import("./place.js").Place} Place */

export class Arrival {
  #line;
  #keeper;

  constructor(line, keeper) {
    this.#line = line;
    this.#keeper = keeper;
  }

  /** The stored place, unless the cookie has another. @returns {Place | null} */
  kept() {
    const stored = this.#keeper.read();
    const told = this.#keeper.told();
    if (!stored || (told && told !== stored.requestId)) return null;
    this.#keeper.write(stored);
    return stored;
  }

  /** The place that this browser has. @returns {Promise<Place | null>} */
  async own() {
    return this.kept() ?? (await this.#told());
  }

  /** The place of this browser, or a new one. @returns {Promise<{place: Place, isNew: boolean}>} */
  place() {
    return this.#keeper.exclusive(async () => {
      const place = await this.own(); // another tab, or the server, may have been faster
      if (place) return { place, isNew: false };
      const given = await this.#line.join();
      this.#keeper.write(given);
      return { place: given, isNew: true };
    });
  }

  /**
   * What becomes of a place that came along in a link: it is taken if it is good, and ahead of the
   * one that this browser has, if it has one.
   * @returns {Promise<{place: Place | null, notice: "carried"|"carry_behind"|"carry_refused"}>}
   */
  carried(requestId) {
    return this.#keeper.exclusive(async () => {
      const own = await this.own();
      if (own?.requestId === requestId) return { place: own, notice: "carried" };
      const number = await this.#unless(NO_GOOD, () => this.#line.number(requestId));
      if (number === null) return { place: own, notice: "carry_refused" };
      if (own && !(await this.#isWorse(own, number))) return { place: own, notice: "carry_behind" };
      const good = await this.#unless(NO_GOOD, () => this.#isGood(requestId));
      if (!good) return { place: own, notice: "carry_refused" };
      return { place: await this.#keep(requestId, number), notice: "carried" };
    });
  }

  /** The place in the cookie; if that is none of this line, the stored one. */
  async #told() {
    const requestId = this.#keeper.told();
    if (!requestId) return this.#keeper.read();
    const number = await this.#unless(NOT_OURS, () => this.#line.number(requestId));
    if (number === null) this.#keeper.forget(requestId);
    else await this.#keep(requestId, number);
    return this.#keeper.read();
  }

  /** Whether our own place is none, further back than `number`, or one that has run out. */
  async #isWorse(own, number) {
    const mine = await this.#unless(NOT_OURS, () => this.#line.number(own.requestId));
    if (mine === null || number < mine) return true;
    return !(await this.#unless(NO_GOOD, () => this.#isGood(own.requestId)));
  }

  async #isGood(requestId) {
    await this.#line.stillGood(requestId);
    return true;
  }

  async #keep(requestId, number) {
    const { serving_counter: start } = await this.#line.status();
    const place = { requestId, number, start };
    this.#keeper.write(place);
    return place;
  }

  /** What `asking` yields; null if the server refuses with one of `codes`. */
  async #unless(codes, asking) {
    try {
      return await asking();
    } catch (error) {
      if (!codes.includes(error.code)) throw error;
      return null;
    }
  }
}

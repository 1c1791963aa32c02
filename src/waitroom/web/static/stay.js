// A visitor's stay in the line: get a place, watch the line, take the place up when it is called.
// What belongs here: what one look at the line does, and what is known after it. When to look is in
// waitroom.js, how it is shown in view.js, calls in line.js, numbers in pace.js. What must change
// with it: the codes of the public API.
//
// Spans are measured with performance.now(), never with the date: a clock that is wrong by a day
// changes nothing.

import { Arrival } from "./arrival.js";
import { Doubt } from "./doubt.js";
import { retryDelay } from "./pace.js";

const FULL_S = 5; // until the next try at a full site, if the server says nothing of it
const OPENING_SPREAD_MS = 3_000; // over which those who wait for the opening join

const GONE = {
  request_unknown: "reset",
  place_expired: "expired",
  place_given_up: "left",
  session_ended: "ended",
};
const NO_LINE = {
  event_not_open: "early",
  event_closed: "closed",
  event_sold_out: "soldout",
  event_unknown: "unknown",
  return_url_refused: "astray",
  oidc_refused: "astray",
};
const HOLDS = ["event_paused", "event_sold_out"];
const UNHELD = ["open", "closed"];

/** What is known of one visitor and one line. Read by view.js, written only here. */
export class Stay {
  place = null;
  phase = "joining";
  reason = "";
  notice = "";
  status = null;
  statusAt = -Infinity;
  full = false; // the server said: called, but the site is full
  elsewhere = false; // let in, in another tab
  admittedUntil = null;
  uncalledAt = null; // when the place was last known not to be called
  restUntil = -Infinity; // the server wants no look before
  #line;
  #keeper;
  #arrival;
  #doubt = null;
  #carried = null;
  #held = false; // the server said: called, but nobody is let in
  #placed;
  #spread = OPENING_SPREAD_MS * Math.random();
  #joinFrom = -Infinity;

  /** @param {() => void} placed called as soon as there is a place, in the middle of a look */
  constructor(line, keeper, placed) {
    this.#placed = placed;
    this.#line = line;
    this.#keeper = keeper;
    this.#arrival = new Arrival(line, keeper);
  }

  /** Take up the stored place, and whatever came along in a link (carry.js). */
  begin(carried) {
    const stored = this.#arrival.kept();
    if (stored) this.adopt(stored, true);
    if (carried !== null) this.carry(carried);
  }

  /** A place that came along in a link; it is looked at first thing. */
  carry(requestId) {
    this.notice = requestId === "" ? "carry_refused" : "";
    this.#carried = requestId || null;
  }

  /** From now on `place` is ours; `suspect`: it is not fresh from the server. */
  adopt(place, suspect = false) {
    this.place = place;
    this.#doubt = new Doubt(place, suspect);
    this.#held = false;
    this.full = false;
    this.elsewhere = false;
    this.admittedUntil = null;
    this.uncalledAt = null;
    this.#become(this.#standing());
  }

  /** Forget a place, to get another at the end of the line. */
  drop() {
    this.#keeper.forget(this.place.requestId);
    this.place = null;
    this.#doubt = null;
    this.notice = "";
    this.#become("joining");
  }

  get serving() {
    return this.status?.serving_counter ?? this.place.start;
  }

  get called() {
    return this.place !== null && this.place.number <= this.serving;
  }

  /** Seconds until the line opens, by the server's clock; not above 0: it is open. */
  get opensIn() {
    if (!this.status?.opens_at) return -Infinity;
    const since = (performance.now() - this.statusAt) / 1_000;
    return this.status.opens_at - this.status.now - since;
  }

  /** Milliseconds until we join a line that was not open yet; not above 0: now. */
  get joinsIn() {
    return Math.max(1_000 * this.opensIn + this.#spread, this.#joinFrom - performance.now());
  }

  /**
   * One look at the line, and what follows from it.
   * @returns {Promise<{location: string, expiresIn: number} | null>} where to go on to, if let in
   * @throws {ApiError} see `refused`
   */
  async look() {
    if (this.#carried) await this.#takeCarried();
    if (this.phase === "admitted") return this.#admit();
    if (this.phase === "joining") this.#take(await this.#arrival.own());
    await this.#learn();
    if (!this.place) await this.#join();
    if (!this.place) return null;
    await this.#check();
    if (UNHELD.includes(this.status.state)) this.#held = false;
    const standing = this.#standing();
    // who cannot be sent on is not told of a turn each time that this is tried again
    if (this.phase !== "astray" || standing !== "turn") this.#become(standing);
    return this.called && !this.#held ? this.#admit() : null;
  }

  /** Whether `error` is the server's plain no, which has been understood. */
  refused(error) {
    if (this.place && Object.keys(GONE).includes(error.code)) {
      this.#become("gone", GONE[error.code]);
      return true;
    }
    if (!Object.keys(NO_LINE).includes(error.code)) return false;
    if (error.code === "event_not_open") {
      this.#joinFrom = performance.now() + 1_000 * error.retryAfter + this.#spread;
    }
    this.#become(NO_LINE[error.code]);
    return true;
  }

  /** Give the place up. Throws ApiError; the place is kept then. */
  async leave() {
    const { requestId } = this.place;
    await this.#line.leave(requestId);
    this.#keeper.forget(requestId);
    this.#become("gone", "left");
  }

  // --- one browser, several tabs ------------------------------------------------------------------

  /** All that another tab needs to know. Points in time are told as spans. */
  get told() {
    const now = performance.now();
    const { place, phase, reason, notice, status, full } = this;
    const ages = [this.statusAt, this.uncalledAt, this.admittedUntil].map((at) => shifted(at, -now));
    return { place, phase, reason, notice, status, full, held: this.#held, ages };
  }

  /** Know what another tab knows. Only one tab goes on by itself; this one then does not. */
  hear({ place, phase, reason, notice, status, full, held, ages }) {
    const wasIn = this.phase === "admitted" && this.place?.requestId === place?.requestId;
    if (place && place.requestId !== this.place?.requestId) this.adopt(place, true);
    if (!place) this.place = this.#doubt = null;
    const now = performance.now();
    const [statusAt, uncalledAt, admittedUntil] = ages.map((age) => shifted(age, now));
    const elsewhere = phase === "admitted" && (wasIn ? this.elsewhere : true);
    Object.assign(this, { phase, reason, notice, status, full, statusAt, uncalledAt });
    Object.assign(this, { admittedUntil, elsewhere });
    this.#held = held;
  }

  // --- steps --------------------------------------------------------------------------------------

  /**
   * Newcomers look first: the crowd before an opening asks nobody for places. Who comes within the
   * seconds over which that crowd joins is one of it, so reloading right then is of no use.
   */
  async #join() {
    const early = this.joinsIn > 0;
    const shut = { closed: "closed", sold_out: "soldout" }[this.status.state];
    if (early || shut) return this.#become(shut ?? "early");
    const asked = performance.now();
    const { place, isNew } = await this.#arrival.place();
    const serving = Math.max(place.start, this.status.serving_counter); // which is a little older
    this.status = { ...this.status, serving_counter: serving };
    this.#take(place);
    if (isNew) this.uncalledAt = asked;
  }

  async #takeCarried() {
    const { place, notice } = await this.#arrival.carried(this.#carried);
    this.#carried = null;
    this.notice = notice;
    this.#take(place);
  }

  #take(place) {
    if (!place || place.requestId === this.place?.requestId) return;
    this.adopt(place);
    this.#placed();
  }

  async #learn() {
    const status = await this.#line.status();
    const now = performance.now();
    this.#doubt?.see(status, this.place, this.status, now - this.statusAt);
    const moved = this.status !== null && status.opens_at !== this.status.opens_at;
    this.status = status;
    this.statusAt = now;
    if (moved || this.opensIn > 0) this.#joinFrom = -Infinity; // this is the newer word on it
    if (this.place && !this.called) this.uncalledAt = now;
  }

  async #check() {
    if (!this.#doubt.wants(performance.now())) return;
    await this.#line.number(this.place.requestId);
    this.#doubt.settle(this.serving, performance.now());
  }

  async #admit() {
    const { location, expiresIn, why, retryAfter } = await this.#line.handOver(this.place.requestId);
    const now = performance.now();
    this.full = why === "site_full";
    if (location === null) {
      this.#held = HOLDS.includes(why);
      if (this.full) this.restUntil = now + retryDelay(1, retryAfter || FULL_S);
      this.#become(this.#standing());
      return null;
    }
    if (expiresIn <= 0) {
      this.#become("gone", "over");
      return null;
    }
    this.admittedUntil = now + 1_000 * expiresIn;
    this.#become("admitted");
    return { location, expiresIn };
  }

  /** The phase of who has a place and is not let in. */
  #standing() {
    const over = this.status?.state === "sold_out";
    if (over && (this.#held || !this.called)) return "soldout";
    return this.called ? "turn" : "waiting";
  }

  #become(phase, reason = "") {
    this.phase = phase;
    this.reason = reason;
  }
}

function shifted(at, by) {
  return at === null ? null : at + by;
}

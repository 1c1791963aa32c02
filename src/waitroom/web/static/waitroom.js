// A visitor's stay in the line: get a place, watch the line, take the place up when it is called.
// What belongs here: the course of it. Numbers are in pace.js, calls in line.js, keeping the place
// in place.js, what is shown in room.js. What must change with it: the codes of the public API.
//
// Spans are measured with performance.now(), never with the date: a clock that is wrong by a day
// changes nothing.

import { ApiError } from "./http.js";
import { Line } from "./line.js";
import { peopleAhead, pollDelay, progress, retryDelay, spread, waitRange } from "./pace.js";
import { PlaceKeeper } from "./place.js";

const LONG_GAP_MS = 300_000; // after such a sleep the line may have been started anew
const CHECK_EVERY_MS = 60_000;
const SLOW_MS = 24_000; // while there is no line to be in
const SOONEST_MS = 1_000; // never ask faster than this
const HICCUPS = 2; // failures in a row before the visitor is told
const LONGEST_S = 86_400; // within what setTimeout can count (2^31 ms)

const FULL_S = 5; // until the next try at a full site, if the server says nothing of it

const GONE = {
  request_unknown: "reset",
  place_expired: "expired",
  place_given_up: "left",
  session_ended: "ended",
};
const NO_LINE = {
  event_closed: "closed",
  event_unknown: "unknown",
  return_url_refused: "astray",
  oidc_refused: "astray",
};
const NOT_OURS = ["request_unknown", "invalid_field"]; // said of a place that is none of this line

/**
 * @typedef {object} View what there is to show
 * @property {"joining"|"waiting"|"turn"|"admitted"|"gone"|"closed"|"unknown"|"astray"} phase
 * @property {""|"reset"|"expired"|"left"|"ended"|"over"} reason why the place is gone
 * @property {""|"offline"|"busy"} trouble what is in the way for the moment
 * @property {boolean} paused nobody is let in for the moment
 * @property {boolean} full the place is called, but as many are in as the site may hold
 * @property {number|null} number own position; `serving`, `ahead`, `progress` (0 to 1) go with it
 * @property {[number, number] | null} wait seconds that one in two and nine in ten do not have to
 * wait longer than; null while not known
 * @property {string} changed why the wait is another: held, faster, slower; "" if it is not
 * @property {number|null} age seconds since the server last told how the line stands
 * @property {boolean} fragile the place lives only as long as this page
 * @property {{title: string, message: string, state: string} | null} event as the operator wrote it
 */

/**
 * Fires `change` whenever the view may have changed, and `admitted` with `detail`
 * `{location, expiresIn}` (seconds) each time the server says where to go on to ("": nowhere). What
 * is in the location is good for a minute; `look()` gets another.
 */
export class Waitroom extends EventTarget {
  #line;
  #keeper;
  #place = null;
  #status = null;
  #statusAt = null;
  #phase = "joining";
  #reason = "";
  #trouble = "";
  #expiresIn = 0;
  #held = false; // the server said: called, but paused
  #full = false; // the server said: called, but the site is full
  #suspect = false; // the place may be from before a reset
  #checkedAt = -Infinity;
  #highest = 0; // serving counter seen for this place
  #odd = 0; // looks in a row at counters that do not fit the place
  #failures = 0;
  #timer = 0;
  #busy = false;
  #tickedAt = -Infinity;
  #notBefore = -Infinity;

  constructor(eventId, { api = "/api", keeper = new PlaceKeeper(eventId), onward = {} } = {}) {
    super();
    this.#line = new Line(eventId, api, onward);
    this.#keeper = keeper;
  }

  /** Take up the stored place or get one, and stay in line from then on. Call it once. */
  start() {
    const stored = this.#kept();
    if (stored) this.#adopt(stored);
    this.#suspect = stored !== null;
    this.#keeper.watch((place) => this.#switchTo(place));
    window.addEventListener("online", () => this.look());
    window.addEventListener("offline", () => this.#lost());
    window.addEventListener("pageshow", (event) => event.persisted && this.look());
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    this.#schedule(0);
  }

  /** Look at the line now, or as soon as the server's wish not to be asked allows. */
  look() {
    if (this.#phase !== "gone" && !this.#busy) this.#schedule(0);
  }

  /** Give up a place that is gone and get a new one, at the end of the line. */
  joinAgain() {
    if (this.#phase !== "gone") return;
    this.#keeper.forget(this.#place.requestId);
    this.#place = null;
    this.#become("joining");
    this.#schedule(0);
    this.#changed();
  }

  /** @returns {View} */
  get view() {
    const mine = this.#place?.number ?? null;
    const serving = mine === null ? null : this.#serving();
    return {
      phase: this.#phase,
      reason: this.#reason,
      trouble: this.#trouble,
      paused: this.#status?.state === "paused",
      full: this.#full,
      number: mine,
      serving,
      ahead: mine === null ? null : peopleAhead(mine, serving),
      progress: mine === null ? 0 : progress(mine, this.#place.start, serving),
      wait: mine === null ? null : this.#wait(),
      changed: this.#status?.wait_changed?.why ?? "",
      age: this.#statusAt === null ? null : (performance.now() - this.#statusAt) / 1_000,
      fragile: this.#keeper.memory,
      event: this.#status,
    };
  }

  #serving() {
    return this.#status?.serving_counter ?? this.#place.start;
  }

  #wait() {
    if (this.#called()) return [0, 0];
    return waitRange(this.#status?.wait, peopleAhead(this.#place.number, this.#serving()));
  }

  // --- the loop ---------------------------------------------------------------------------------

  #schedule(delay) {
    const now = performance.now();
    const at = Math.max(now + delay, this.#tickedAt + SOONEST_MS, this.#notBefore);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), at - now);
  }

  async #tick() {
    const place = this.#place;
    this.#busy = true;
    this.#tickedAt = performance.now();
    let delay;
    try {
      await this.#step();
      this.#failures = 0;
      this.#trouble = "";
      delay = this.#nextLook();
    } catch (error) {
      const swapped = place !== null && place !== this.#place;
      delay = swapped ? 0 : this.#refused(error);
    }
    this.#busy = false;
    if (this.#phase !== "gone") this.#schedule(delay);
    this.#changed();
  }

  async #step() {
    if (this.#phase === "admitted") return this.#admit();
    if (this.#phase === "joining") await this.#join();
    await this.#learn();
    if (!this.#place && this.#status.state === "closed") return this.#become("closed");
    if (!this.#place) return this.#join();
    await this.#check();
    this.#become(this.#called() ? "turn" : "waiting");
    if (this.#status.state !== "paused") this.#held = false;
    if (this.#called() && !this.#held) await this.#admit();
  }

  #nextLook() {
    if (this.#phase === "admitted") return 1_000 * Math.min(this.#expiresIn + 1, LONGEST_S);
    if (!this.#place) return spread(SLOW_MS);
    return pollDelay({
      mine: this.#place.number,
      serving: this.#serving(),
      wait: this.#wait()?.[0] ?? null,
      paused: this.#status.state === "paused",
      hidden: document.hidden,
    });
  }

  // --- its steps --------------------------------------------------------------------------------

  async #join() {
    const stored = this.#keeper.read();
    const place = await this.#keeper.exclusive(async () => {
      const place = this.#kept() ?? (await this.#told()); // another tab, or the server, was faster
      if (place) return place;
      const given = await this.#line.join();
      this.#keeper.write(given);
      return given;
    });
    this.#adopt(place);
    this.#suspect = place.requestId === stored?.requestId;
    this.#changed();
  }

  /** The stored place, unless the cookie has another. */
  #kept() {
    const stored = this.#keeper.read();
    const told = this.#keeper.told();
    if (!stored || (told && told !== stored.requestId)) return null;
    this.#keeper.write(stored);
    return stored;
  }

  /** The place in the cookie; if that is none of this line, the stored one. */
  async #told() {
    const requestId = this.#keeper.told();
    if (!requestId) return this.#keeper.read();
    try {
      const number = await this.#line.number(requestId);
      const { serving_counter: start } = await this.#line.status();
      this.#keeper.write({ requestId, number, start });
    } catch (error) {
      if (!NOT_OURS.includes(error.code)) throw error;
      this.#keeper.forget(requestId);
    }
    return this.#keeper.read();
  }

  async #learn() {
    const status = await this.#line.status();
    if (this.#place) this.#doubt(status);
    this.#status = status;
    this.#statusAt = performance.now();
  }

  // Counters only grow, but for a reset or an operator stepping back. A worker may lag behind the
  // others for a moment, so a single odd look means nothing.
  #doubt({ serving_counter: serving, queue_counter: queue, epoch }) {
    const anew = this.#status !== null && epoch !== this.#status.epoch;
    const odd = serving < this.#highest || queue < this.#place.number;
    this.#odd = odd ? this.#odd + 1 : 0;
    this.#highest = Math.max(this.#highest, serving);
    const slept = this.#statusAt !== null && performance.now() - this.#statusAt > LONG_GAP_MS;
    if (anew || slept || this.#odd > 1) this.#suspect = true;
  }

  async #check() {
    const now = performance.now();
    if (!this.#suspect || now - this.#checkedAt < CHECK_EVERY_MS) return;
    await this.#line.number(this.#place.requestId);
    this.#suspect = false;
    this.#checkedAt = now;
    this.#highest = this.#serving();
    this.#odd = 0;
  }

  async #admit() {
    const { requestId } = this.#place;
    const { location, expiresIn, why, retryAfter } = await this.#line.handOver(requestId);
    this.#full = why === "site_full";
    if (location === null) {
      this.#held = why === "event_paused";
      if (this.#full) this.#notBefore = performance.now() + retryDelay(1, retryAfter || FULL_S);
      return this.#become("turn");
    }
    if (expiresIn <= 0) return this.#become("gone", "over");
    this.#expiresIn = expiresIn;
    this.#become("admitted");
    this.dispatchEvent(new CustomEvent("admitted", { detail: { location, expiresIn } }));
  }

  // --- what follows -----------------------------------------------------------------------------

  #adopt(place) {
    this.#place = place;
    this.#highest = place.start;
    this.#odd = 0;
    this.#suspect = false;
    this.#checkedAt = -Infinity;
    this.#held = false;
    this.#full = false;
    this.#become(this.#called() ? "turn" : "waiting");
  }

  #called() {
    return this.#place.number <= this.#serving();
  }

  /** Another tab has a newer place: it is ours too. */
  #switchTo(place) {
    if (place.requestId === this.#place?.requestId) return;
    this.#adopt(place);
    this.#changed();
    this.look();
  }

  #become(phase, reason = "") {
    this.#phase = phase;
    this.#reason = reason;
  }

  /** Milliseconds until the next try, after a plain no or no answer. */
  #refused(error) {
    if (!(error instanceof ApiError)) reportError(error); // a fault of ours must not lose a place
    if (this.#place && Object.hasOwn(GONE, error.code)) {
      this.#become("gone", GONE[error.code]);
      return 0;
    }
    if (Object.hasOwn(NO_LINE, error.code)) {
      this.#trouble = "";
      this.#become(NO_LINE[error.code]);
      return spread(SLOW_MS);
    }
    return this.#failed(error);
  }

  #failed({ status, retryAfter = 0 }) {
    this.#failures += 1;
    const delay = retryDelay(this.#failures, retryAfter);
    if (retryAfter > 0) this.#notBefore = performance.now() + delay;
    if (this.#failures >= HICCUPS || !navigator.onLine) {
      this.#trouble = status === 0 ? "offline" : "busy";
    }
    return delay;
  }

  #lost() {
    if (this.#phase === "gone") return;
    this.#trouble = "offline";
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

// The visitor's module: what a page of anybody's design needs to have its visitors wait in line.
// What belongs here: its interface, and when to look at the line. What a look does is in stay.js,
// timers in rounds.js, the tabs of a browser in tabs.js. What must change with it: waitroom.d.ts,
// docs/own-page.md.

import { carryLink, takeCarried } from "./carry.js";
import { ApiError } from "./http.js";
import { Line } from "./line.js";
import { earlyDelay, pollDelay, retryDelay, spread } from "./pace.js";
import { PlaceKeeper } from "./place.js";
import { Rounds } from "./rounds.js";
import { Stay } from "./stay.js";
import { Tabs } from "./tabs.js";
import { viewOf, waitOf } from "./view.js";

const SLOW_MS = 24_000; // while there is no line to be in
const SLOW = ["soldout", "unknown", "astray"]; // with a place, too
const SHUT = ["early", "closed", "soldout"]; // no news to a page that shows the phase
const HICCUPS = 2; // failures in a row before the visitor is told
const LONGEST_MS = 86_400_000; // within what setTimeout can count (2^31 ms)

/**
 * @typedef {object} View what there is to show
 * @property {"early"|"joining"|"waiting"|"turn"|"admitted"|"gone"|"closed"|"soldout"|"unknown"|
 * "astray"} phase
 * @property {""|"reset"|"expired"|"left"|"ended"|"over"} reason why the place is gone
 * @property {""|"carried"|"carry_behind"|"carry_refused"} notice what became of a place that came
 * along in a link: taken, not taken since this browser's own is ahead, or not a good one
 * @property {""|"offline"|"busy"} trouble what is in the way for the moment
 * @property {boolean} paused nobody is let in for the moment
 * @property {boolean} soldOut nobody is let in any more; a place may be there or not
 * @property {boolean} full the place is called, but as many are in as the site may hold
 * @property {boolean} elsewhere let in, and another tab goes on; `look()` takes this one on too
 * @property {number|null} number own position; `serving`, `ahead`, `progress` (0 to 1) go with it
 * @property {[number, number] | null} wait seconds that one in two and nine in ten do not have to
 * wait longer than; null while not known
 * @property {string} changed why the wait is another: held, faster, slower; "" if it is not
 * @property {number|null} age seconds since the server last told how the line stands
 * @property {number|null} opensIn seconds until the line opens, by the server's clock
 * @property {number|null} takeBy seconds that are left at least to take the called place up; null if
 * they are not counted down or not known
 * @property {number|null} admittedFor seconds for which the visitor is let in
 * @property {boolean} fragile the place lives only as long as this page
 * @property {object | null} event the answer of `GET /api/status`: title, message, state, ...
 */

/**
 * Tells `place` `{number, requestId}` when there is a (new) place, `update` with the view whenever
 * it may have changed, `admitted` `{location, expiresIn}` (seconds) when the server says where to go
 * on to ("": nowhere; what is in it is good for a minute), and `error` `{code, status, message,
 * retryAfter}` when a call was of no use; the room goes on by itself after one.
 */
export class Waitroom {
  #told = new EventTarget();
  #keeper;
  #stay;
  #rounds = new Rounds(() => this.#round());
  #tabs;
  #carried = takeCarried(); // before anything else sees the address
  #trouble = "";
  #failures = 0;
  #shown = ""; // request ID that `place` was told of
  #ended = new AbortController();

  /**
   * @param {{event: string, base?: string, keeper?: PlaceKeeper,
   * onward?: {return_url?: string, authorization?: string}}} options base: URL at which visitors
   * reach the waiting room, "" if that is where this page comes from; onward: where to go on to
   */
  constructor({ event, base = "", keeper = new PlaceKeeper(event), onward = {} }) {
    this.#keeper = keeper;
    const line = new Line(event, `${base.replace(/\/$/, "")}/api`, onward);
    this.#stay = new Stay(line, keeper, () => this.#changed());
    this.#tabs = new Tabs(`waitroom:${event}:poller`, {
      led: () => this.#rounds.go(),
      lost: () => this.#rounds.stop(),
      heard: (news) => this.#hear(news),
      asked: () => this.#tell(this.#rounds.due),
    });
  }

  /** Call `heard` on each `type` from now on. @returns {() => void} ends that */
  on(type, heard) {
    const hear = ({ detail }) => heard(detail);
    this.#told.addEventListener(type, hear);
    return () => this.#told.removeEventListener(type, hear);
  }

  /** Take up the stored place or get one, and stay in line from then on. Call it once. */
  start() {
    this.#stay.begin(this.#carried);
    this.#keeper.watch((place) => this.#switchTo(place), this.#ended.signal);
    this.#listen(window, "online", () => this.#tabs.leads && this.#wake()); // all tabs hear this
    this.#listen(window, "offline", () => this.#lost());
    this.#listen(window, "hashchange", () => this.#follow(takeCarried()));
    this.#listen(window, "pagehide", () => this.#rest());
    this.#listen(window, "pageshow", ({ persisted }) => persisted && this.#join());
    this.#listen(document, "visibilitychange", () => this.#turned());
    this.#join();
    this.#changed();
  }

  /** Stay in line no longer; the place is kept. This room cannot be started again. */
  stop() {
    this.#ended.abort();
    this.#rest();
  }

  /** Look now, or as soon as the server's wish not to be asked allows; go on if that is allowed. */
  look() {
    this.#stay.elsewhere = false;
    this.#wake();
  }

  /**
   * Give the place up.
   * @returns {Promise<void>} when the server has heard it
   * @throws {ApiError} it has not; the place is kept
   */
  leave() {
    this.#tabs.lead();
    return this.#rounds.alone(async () => {
      if (!this.#stay.place || this.#stay.phase === "gone") return;
      await this.#stay.leave();
      this.#tell(null);
      this.#changed();
    });
  }

  /** Give up a place that is gone and get a new one, at the end of the line. */
  joinAgain() {
    if (this.#stay.phase !== "gone") return;
    if (this.#stay.place) this.#stay.drop();
    this.#wake();
    this.#changed();
  }

  /** A link that takes the place along to another device, "" without one. It is a secret. */
  carryLink() {
    const { place, phase } = this.#stay;
    return place && phase !== "gone" ? carryLink(place) : "";
  }

  /** @returns {View} */
  get view() {
    return viewOf(this.#stay, this.#trouble, this.#keeper.memory);
  }

  // --- when to look -------------------------------------------------------------------------------

  async #round() {
    const delay = this.#stay.phase === "gone" ? null : await this.#look();
    this.#rounds.rest(this.#stay.restUntil - performance.now());
    this.#tell(delay);
    this.#changed();
    return delay;
  }

  async #look() {
    const { place } = this.#stay;
    try {
      const onward = await this.#stay.look();
      this.#failures = 0;
      this.#trouble = "";
      if (onward) this.#admitted(onward);
      return this.#nextLook();
    } catch (error) {
      const swapped = place !== null && place !== this.#stay.place;
      return swapped ? 0 : this.#refused(error);
    }
  }

  /** Milliseconds until the next look at a line that has answered; null: no more. */
  #nextLook() {
    const { phase, place, status } = this.#stay;
    if (phase === "gone") return null;
    if (phase === "admitted") {
      const left = this.#stay.admittedUntil - performance.now();
      return Math.min(left + 1_000, LONGEST_MS);
    }
    if (phase === "early") return earlyDelay(this.#stay.joinsIn);
    if (!place || SLOW.includes(phase)) return spread(SLOW_MS);
    return pollDelay({
      mine: place.number,
      serving: this.#stay.serving,
      wait: waitOf(this.#stay)?.[0] ?? null,
      paused: status?.state === "paused",
      hidden: document.hidden,
    });
  }

  /** Milliseconds until the next try, after a plain no or no answer. */
  #refused(error) {
    const understood = this.#stay.refused(error);
    if (!understood || !SHUT.includes(this.#stay.phase)) this.#complain(error);
    if (!understood) return this.#failed(error);
    this.#failures = 0;
    this.#trouble = "";
    const unread = SHUT.includes(this.#stay.phase) && this.#stay.status === null;
    return unread ? 0 : this.#nextLook(); // when it opens, and the message, are told by the status
  }

  #failed({ status, retryAfter = 0 }) {
    this.#failures += 1;
    const delay = retryDelay(this.#failures, retryAfter);
    if (retryAfter > 0) this.#rounds.rest(delay);
    if (this.#failures >= HICCUPS || !navigator.onLine) {
      this.#trouble = status === 0 ? "offline" : "busy";
    }
    return delay;
  }

  /** Somebody looks at this tab, or wants something of it: it leads, and looks at once. */
  #wake() {
    if (this.#stay.phase === "gone") return;
    if (this.#tabs.leads) this.#rounds.go();
    else this.#tabs.lead();
  }

  // --- what happens around it ---------------------------------------------------------------------

  #listen(target, type, heard) {
    target.addEventListener(type, heard, { signal: this.#ended.signal });
  }

  #join() {
    this.#tabs.join(this.#keeper.shared);
  }

  #rest() {
    this.#rounds.stop();
    this.#tabs.part();
  }

  #turned() {
    if (!document.hidden) this.#wake();
    else this.#tell(this.#rounds.due);
  }

  #lost() {
    if (this.#stay.phase === "gone") return;
    this.#trouble = "offline";
    this.#changed();
  }

  /** A link was opened in a tab that was here already. */
  #follow(carried) {
    if (carried === null) return;
    this.#stay.carry(carried);
    if (this.#stay.phase === "gone") this.joinAgain();
    else this.#wake();
    this.#changed();
  }

  /** Another tab has stored a newer place: it is ours too. */
  #switchTo(place) {
    if (place.requestId === this.#stay.place?.requestId) return;
    this.#stay.adopt(place);
    this.#changed();
    if (this.#tabs.leads) this.#rounds.go();
  }

  // --- the other tabs -----------------------------------------------------------------------------

  #tell(next) {
    const { resting, age } = this.#rounds;
    this.#tabs.tell({ stay: this.#stay.told, trouble: this.#trouble, resting, age }, next);
  }

  #hear({ stay, trouble, resting, age }) {
    this.#stay.hear(stay);
    this.#trouble = trouble;
    this.#failures = 0;
    this.#rounds.rest(resting, age);
    this.#changed();
  }

  // --- telling the page ---------------------------------------------------------------------------

  #admitted(onward) {
    if (!this.#tabs.leads) this.#stay.elsewhere = true; // another tab was shown meanwhile
    if (!this.#stay.elsewhere) this.#emit("admitted", onward);
  }

  #changed() {
    const { place } = this.#stay;
    if (place && place.requestId !== this.#shown) {
      this.#shown = place.requestId;
      this.#emit("place", { number: place.number, requestId: place.requestId });
    }
    this.#emit("update", this.view);
  }

  #complain(error) {
    if (!(error instanceof ApiError)) setTimeout(() => { throw error; }); // a fault of ours
    const { code = "", status = 0, message, retryAfter = 0 } = error;
    this.#emit("error", { code, status, message, retryAfter });
  }

  #emit(type, detail) {
    this.#told.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

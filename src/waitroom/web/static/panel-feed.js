// What the panel is told while it is looked at: the server's stream, and asking again and again
// where the stream is cut. What belongs here: connections and how old values are. What they mean is
// for those who are told.

import { events } from "./panel-api.js";
import { sentence } from "./panel-forms.js";
import { retryDelay } from "./pace.js";

const POLL_MS = 2_000;
const SLOWEST_MS = 15_000;
const QUIET_MS = 12_000; // the stream has a beat each 5 s
const CHECK_MS = 3_000;
const TROUBLE = { status: 503, message: "The server cannot reach its store." };

/**
 * Follows the overview, and one event if one is watched. `told` is
 * `{overview(data), numbers(id, data), gone(id), bye(), link(kind, why)}`; kinds of link: `wait`
 * (nothing yet), `live` (the stream), `poll` (asking), `lost`.
 */
export class Feed {
  #told;
  #running = false;
  #eventId = null;
  #source = null;
  #kind = "";
  #heard = 0; // when values last came (performance.now)
  #alive = 0; // when anything last came
  #troubled = false; // the server cannot read its store, and said so
  #failures = 0; // of asking, in a row
  #streamFailures = 0;
  #timers = { reopen: 0, poll: 0, check: 0 };
  #round = 0; // of asking: what an earlier one finds is not told

  constructor(told) {
    this.#told = told;
    document.addEventListener("visibilitychange", () => this.#wake());
    window.addEventListener("online", () => this.#wake());
    window.addEventListener("offline", () => this.#running && this.#ask());
  }

  /** Milliseconds since values last came, or were known to be unchanged. */
  get age() {
    return performance.now() - this.#heard;
  }

  /** Begin, or go on with another event; null: the overview alone. */
  watch(eventId) {
    const same = this.#running && eventId === this.#eventId;
    this.#eventId = eventId;
    this.#running = true;
    if (!same && !document.hidden) this.#open();
  }

  stop() {
    this.#running = false;
    this.#close();
    this.#link("wait");
  }

  /** Ask once, now: something was changed here. */
  soon() {
    if (this.#running) this.#ask();
  }

  // A hidden page holds no connection: browsers allow six to a server, over all tabs.
  #wake() {
    if (!this.#running) return;
    if (document.hidden) this.#close();
    else this.#open();
  }

  #close() {
    this.#source?.close();
    this.#source = null;
    this.#round += 1;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
  }

  #open() {
    this.#close();
    if (this.#kind !== "lost") this.#link("wait");
    this.#reopen();
    this.#timers.check = setTimeout(() => this.#check(), CHECK_MS);
  }

  #reopen() {
    const id = this.#eventId;
    const query = id === null ? "" : `?${new URLSearchParams({ event: id })}`;
    this.#source?.close();
    const source = new EventSource(`/stream${query}`);
    this.#source = source;
    const hear = (name, take) =>
      source.addEventListener(name, ({ data }) => {
        if (source !== this.#source) return;
        this.#streamed(name);
        this.#tell(() => take(JSON.parse(data)));
      });
    hear("overview", (data) => this.#told.overview(data));
    hear("numbers", (data) => this.#told.numbers(id, data));
    hear("beat", () => {});
    hear("trouble", () => this.#link("lost", TROUBLE));
    hear("gone", (data) => this.#told.gone(data.event_id));
    hear("bye", () => this.#told.bye());
    source.addEventListener("error", () => source === this.#source && this.#cut());
  }

  #streamed(name) {
    this.#alive = performance.now();
    const isNews = name !== "trouble" && (name !== "beat" || !this.#troubled);
    if (isNews) this.#heard = this.#alive; // a beat: nothing has changed
    this.#streamFailures = 0;
    this.#failures = 0;
    this.#round += 1;
    clearTimeout(this.#timers.poll);
    if (isNews) this.#link("live");
    this.#troubled = !isNews;
  }

  #cut() {
    this.#source.close();
    this.#source = null;
    this.#streamFailures += 1;
    const delay = Math.min(SLOWEST_MS, retryDelay(this.#streamFailures, 0));
    this.#timers.reopen = setTimeout(() => this.#reopen(), delay);
    this.#poll();
  }

  // A stream without a beat is cut without our having noticed, or held back by a proxy.
  #check() {
    const quiet = this.#kind === "wait" || performance.now() - this.#alive > QUIET_MS;
    if (quiet && this.#source) this.#ask();
    this.#timers.check = setTimeout(() => this.#check(), CHECK_MS);
  }

  async #poll() {
    clearTimeout(this.#timers.poll);
    const failure = await this.#ask();
    if (!this.#running || this.#source?.readyState === EventSource.OPEN || document.hidden) return;
    const delay = failure ? retryDelay(this.#failures, failure.retryAfter) : POLL_MS;
    clearTimeout(this.#timers.poll);
    this.#timers.poll = setTimeout(() => this.#poll(), Math.min(SLOWEST_MS, delay));
  }

  /** @returns {Promise<Error | null>} what went wrong */
  async #ask() {
    const [round, id] = [(this.#round += 1), this.#eventId];
    try {
      const [overview, numbers] = await Promise.all([events.overview(), numbersOf(id)]);
      if (round === this.#round && this.#running) this.#answered(id, overview, numbers);
      return null;
    } catch (error) {
      if (error.status === undefined) throw error; // ours, not the server's
      if (round === this.#round && this.#running) this.#failed(error);
      return error;
    }
  }

  #answered(id, overview, numbers) {
    this.#heard = this.#alive = performance.now();
    this.#failures = 0;
    this.#link(this.#source?.readyState === EventSource.OPEN ? "live" : "poll");
    this.#tell(() => this.#told.overview(overview));
    if (numbers) this.#tell(() => this.#told.numbers(id, numbers));
  }

  #failed(error) {
    this.#failures += 1;
    if (error.status !== 401) this.#link("lost", error); // who is signed out is told elsewhere
  }

  /** A mistake of ours in showing values is seen, and stops nothing. */
  #tell(show) {
    try {
      show();
    } catch (error) {
      setTimeout(() => Promise.reject(error));
    }
  }

  #link(kind, error = null) {
    if (kind === this.#kind && !error) return;
    this.#kind = kind;
    this.#told.link(kind, error && (error.status === 0 ? "" : sentence(error)));
  }
}

async function numbersOf(eventId) {
  if (eventId === null) return null;
  try {
    return await events.numbers(eventId);
  } catch (error) {
    if (error.status === 404) return null; // deleted a moment ago
    throw error;
  }
}

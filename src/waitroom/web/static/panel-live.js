// Asking again and again, politely: only while the page is seen, slower while it fails; and saying
// so when it fails.

import { sentence } from "./panel-forms.js";
import { retryDelay } from "./pace.js";

const SLOWEST_MS = 15_000;

/** Runs `look` each `every` milliseconds after its last end, and `told(error or null)` after it. */
export class Live {
  #look;
  #every;
  #told;
  #timer = 0;
  #running = false;
  #busy = false;
  #failures = 0;

  constructor(look, every, told) {
    this.#look = look;
    this.#every = every;
    this.#told = told;
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
    window.addEventListener("online", () => this.now());
  }

  start() {
    this.#running = true;
    this.now();
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** Look at once, if running. */
  now() {
    if (this.#running && !this.#busy) this.#turn();
  }

  async #turn() {
    clearTimeout(this.#timer);
    this.#busy = true;
    const failure = await this.#outcome();
    this.#busy = false;
    if (!this.#running) return;
    this.#failures = failure ? this.#failures + 1 : 0;
    this.#told(failure);
    if (!document.hidden) this.#timer = setTimeout(() => this.#turn(), this.#delay(failure));
  }

  #delay(failure) {
    if (!failure) return this.#every;
    return Math.min(SLOWEST_MS, retryDelay(this.#failures, failure.retryAfter));
  }

  async #outcome() {
    try {
      await this.#look();
      return null;
    } catch (error) {
      if (error.status === undefined) reportError(error); // ours, not the server's: be seen, go on
      return error;
    }
  }
}

/** The banner over stale values. It lies over the page, so that nothing jumps. */
export class Health {
  #banner;
  #text;
  #failing = new Map(); // what is being asked for -> the error
  #good = new Map(); // what is being asked for -> when it last came

  constructor(banner, text) {
    this.#banner = banner;
    this.#text = text;
  }

  /** A reporter for one thing that is asked for. */
  of(source) {
    return (error) => {
      if (error) this.#failing.set(source, error);
      else this.#came(source);
      this.#show();
    };
  }

  /** `source` is not asked for any more. */
  drop(source) {
    this.#failing.delete(source);
    this.#show();
  }

  #came(source) {
    this.#failing.delete(source);
    this.#good.set(source, new Date());
  }

  #show() {
    const [source, error] = [...this.#failing].at(-1) ?? [];
    this.#banner.hidden = error === undefined;
    if (!error) return;
    const what = error.status === 0 ? "Connection lost" : sentence(error).replace(/\.$/, "");
    const good = this.#good.get(source);
    const since = good ? `, showing values of ${good.toLocaleTimeString("en-GB")}` : "";
    this.#text.textContent = `${what}${since}. Trying again…`;
  }
}

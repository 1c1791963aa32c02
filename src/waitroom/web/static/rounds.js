// Doing one thing again and again: never two at a time, never faster than once a second, and not
// before the server wants to be asked again. What belongs here: timers. What a round does, and when
// the next one is due, is said by whoever begins them.

const SOONEST_MS = 1_000; // between the beginnings of two rounds

export class Rounds {
  #round;
  #timer = 0;
  #begunAt = -Infinity;
  #restUntil = -Infinity;
  #dueAt = Infinity;
  #last = Promise.resolve();
  #stopped = true;

  /** @param {() => Promise<number | null>} round returns ms until the next one; null: none */
  constructor(round) {
    this.#round = round;
  }

  /** From now on rounds take place, the next one in `delay` ms. */
  go(delay = 0) {
    this.#stopped = false;
    const now = performance.now();
    this.#dueAt = Math.max(now + delay, this.#begunAt + SOONEST_MS, this.#restUntil);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.alone(() => this.#go()), this.#dueAt - now);
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** No round in the next `ms`; one that began `ago` ms before counts as one of ours. */
  rest(ms, ago = Infinity) {
    const now = performance.now();
    this.#restUntil = Math.max(this.#restUntil, now + ms);
    this.#begunAt = Math.max(this.#begunAt, now - ago);
  }

  /** Milliseconds until the next round; null if none is due. */
  get due() {
    return this.#stopped ? null : Math.max(0, this.#dueAt - performance.now());
  }

  /** Milliseconds since the last round began. */
  get age() {
    return performance.now() - this.#begunAt;
  }

  /** Milliseconds for which there may be no round. */
  get resting() {
    return Math.max(0, this.#restUntil - performance.now());
  }

  /** Run `task` between two rounds. */
  alone(task) {
    const done = this.#last.then(task);
    this.#last = done.catch(() => {});
    return done;
  }

  async #go() {
    if (this.#stopped) return;
    this.#begunAt = performance.now();
    const delay = await this.#round();
    if (delay !== null && !this.#stopped) this.go(delay);
  }
}

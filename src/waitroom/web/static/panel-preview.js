// What an inlet would lead to, before it is set: when the line is empty, in words and as a dashed
// line in the chart ("plan" events, which panel-chart.js draws).

import { events } from "./panel-api.js";
import { say, sentence } from "./panel-forms.js";
import { exactClock, span, when, whole } from "./panel-format.js";

const AFTER_MS = 400; // typing
const AGAIN_MS = 10_000; // while the line moves on

/** Fires `plan` with `{eventId, steps}` ([[s, serving], ...]; empty: none is shown). */
export const plans = new EventTarget();

const WHY = {
  manual: "The line then moves by hand alone.",
  paused: "The line is paused: nobody is let in until it is opened.",
  held: "A gate holds the line: nobody is let in until the site is well.",
  sold_out: "The event is sold out: nobody is let in.",
  nobody_waits: "Everybody has been called: who comes goes straight through.",
  no_rate: "How fast the line then moves depends on the site; it cannot be told ahead.",
  too_long: "At this rate the line is not empty within a day.",
};

/** Binds the sentence in `node`. */
export class Preview {
  #node;
  #at;
  #timer = 0;
  #wanted = null; // the inlet, as JSON
  #dirty = false;
  #lookedAt = -Infinity;

  constructor(node, at) {
    this.#node = node;
    this.#at = at;
  }

  /** Tell of `inlet`; `dirty`: it is not the one that is set. */
  of(inlet, dirty) {
    const wanted = JSON.stringify(inlet);
    this.#dirty = dirty;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), AFTER_MS);
  }

  none() {
    clearTimeout(this.#timer);
    if (this.#wanted === null) return;
    this.#wanted = null;
    say(this.#node, "");
    this.#draw([]);
  }

  live() {
    if (this.#wanted === null || performance.now() - this.#lookedAt < AGAIN_MS) return;
    this.#look();
  }

  async #look() {
    const wanted = this.#wanted;
    this.#lookedAt = performance.now();
    try {
      const found = await events.previewInlet(this.#at.eventId, JSON.parse(wanted));
      if (wanted !== this.#wanted) return;
      say(this.#node, this.#words(found));
      this.#draw(found.empty_at === null ? [] : found.steps);
    } catch (error) {
      if (wanted !== this.#wanted) return;
      // A field half typed is refused: that is said when it is sent. Of the rest, the sentence.
      say(this.#node, error.status === 422 || error.status === 400 ? "" : sentence(error));
      this.#draw([]);
    }
  }

  #words({ empty_at: empty, why }) {
    if (empty === null) return WHY[why] ?? "";
    const { now, counters } = this.#at.numbers ?? { now: Date.now() / 1000, counters: null };
    const as = this.#dirty ? "At this rate" : "As it is set";
    const near = empty - now < 120 ? exactClock(empty) : when(empty, now);
    const uncalled = counters ? counters.queue_counter - counters.serving_counter : 0;
    const crowd = uncalled > 0 ? ` (${whole(uncalled)} not called yet)` : "";
    return `${as} the line${crowd} is empty at ${near}, in ${span(empty - now)}.`;
  }

  #draw(steps) {
    plans.dispatchEvent(new CustomEvent("plan", { detail: { eventId: this.#at.eventId, steps } }));
  }
}

// One event on the panel: its counters as they move, its state, its settings, its end.
// A view is made once and kept, so that what was typed is there when the operator comes back to it.

import { Advance } from "./panel-advance.js";
import { events } from "./panel-api.js";
import { confirmTyped, partsOf, say, sentence } from "./panel-forms.js";
import { InletForm } from "./panel-inlet.js";
import { Live } from "./panel-live.js";
import { Settings } from "./panel-settings.js";

const EVERY_MS = 1_000;
const LAG_MS = 3_000; // longer than the server may show old counters
const WHOLE = new Intl.NumberFormat("en");
const RATE = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const STATES = {
  open: "Open: takes newcomers and lets people in.",
  paused: "Paused: takes newcomers, lets nobody in; called places do not run out meanwhile.",
  closed: "Closed: takes nobody new; those in line go on.",
};

/** `article` is a copy of the template; the callbacks are panel.js's. */
export class EventView {
  #event;
  #part;
  #settings;
  #inlet;
  #live;
  #changed;
  #setAt = -Infinity;

  constructor(article, event, { changed, removed, told, publicUrl }) {
    this.node = article;
    this.#part = partsOf(article);
    this.#event = event;
    this.#changed = changed;
    this.#live = new Live(() => this.#count(), EVERY_MS, told);
    this.#settings = new Settings(this.#part.settings, event, (saved) => this.#took(saved));
    this.#inlet = new InletForm(this.#part.inlet, event, () => this.#live.now());
    new Advance(this.#part.advance, event.event_id, () => this.#live.now());
    this.#part.room.href = `${publicUrl.replace(/\/+$/, "")}/room/${event.event_id}`;
    this.#part.states.addEventListener("click", ({ target }) => this.#setState(target));
    this.#part.reset.addEventListener("click", () => this.#reset());
    this.#part.remove.addEventListener("click", () => this.#remove(removed));
    this.update(event);
  }

  get dirty() {
    return this.#settings.dirty || this.#inlet.dirty;
  }

  /** Be seen or not; only what is seen asks the server. */
  show(visible) {
    this.node.hidden = !visible;
    if (visible) this.#live.start();
    else this.#live.stop();
  }

  /** Show the event as the server has it now. */
  update(event) {
    this.#event = event;
    say(this.#part.title, event.title || event.event_id);
    say(this.#part.id, event.event_id);
    this.#settings.update(event);
    this.#showState(event.state);
  }

  #took(event) {
    this.update(event);
    this.#changed(event);
  }

  #showState(state) {
    say(this.#part.state, STATES[state] ?? state);
    this.node.dataset.state = state;
    for (const button of this.#part.states.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.state === state));
    }
  }

  async #count() {
    const id = this.#event.event_id;
    const [counters, inlet] = await Promise.all([events.counters(id), events.inlet(id)]);
    this.#inlet.update(inlet);
    for (const node of this.node.querySelectorAll("[data-count]")) {
      const value = counters[node.dataset.count];
      const format = node.dataset.count === "served_per_second" ? RATE : WHOLE;
      say(node, Number.isFinite(value) ? format.format(value) : "–");
    }
    // Counters may be a moment old; what was set here just now is newer.
    if (counters.state === this.#event.state || performance.now() - this.#setAt < LAG_MS) return;
    this.#took({ ...this.#event, state: counters.state });
  }

  async #setState(target) {
    const state = target.closest("button")?.dataset.state;
    if (!state || state === this.#event.state) return;
    const buttons = this.#part.states.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    say(this.#part.stateError, "");
    try {
      const event = await events.change(this.#event.event_id, { state });
      this.#setAt = performance.now();
      this.#took(event);
    } catch (error) {
      say(this.#part.stateError, sentence(error));
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  #reset() {
    const word = this.#event.event_id;
    confirmTyped(
      {
        title: "Start the line anew?",
        text:
          "All counters go back to 0 and every place given so far stops counting. " +
          "Visitors in line have to join again.",
        action: "Reset the line",
        word,
      },
      async () => {
        const { message } = await events.reset(word);
        say(this.#part.endResult, message);
        this.#live.now();
      },
    );
  }

  #remove(removed) {
    const word = this.#event.event_id;
    confirmTyped(
      {
        title: "Delete this event?",
        text: "Its settings, counters and sessions go, and every place in its line stops counting.",
        action: "Delete the event",
        word,
      },
      async () => {
        await events.remove(word);
        removed(word);
      },
    );
  }
}

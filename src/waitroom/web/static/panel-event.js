// One event on the panel: its head (name, health, state), and its tabs with their sections. A view
// is made once and kept, so that what was typed is there when the operator comes back to it.

import { events } from "./panel-api.js";
import { badge, copyOf, partsOf, say, sayList, sentence } from "./panel-forms.js";
import { TABS } from "./panel-sections.js";
import { Tabs } from "./panel-tabs.js";
import { HEALTH, STATES } from "./panel-words.js";

const SYNC_MS = 3_000; // between two looks at the settings, while the event changes
const LAG_MS = 3_000; // longer than the server may show an old state
const AGAIN_MS = 1_000;
const AREAS = ["top", "side", "main"];

/** `can(scope)`; `changed()` and `removed()` are panel.js's. */
export class EventView {
  #event;
  #part;
  #host;
  #tabs;
  #sections = new Map(); // tab -> what its sections' mounts returned
  #visible = false;
  #tab = "";
  #numbers = null;
  #revision = null;
  #syncedAt = -Infinity;
  #setAt = -Infinity;
  #again = 0;

  constructor(event, host) {
    this.node = copyOf("event-view");
    this.#part = partsOf(this.node);
    this.#event = event;
    this.#host = host;
    this.#part.room.href = `${host.publicUrl.replace(/\/+$/, "")}/room/${event.event_id}`;
    this.#part.states.hidden = !host.can("operate");
    this.#part.states.addEventListener("click", ({ target }) => this.#setState(target));
    this.#tabs = this.#makeTabs();
    badge(this.#part.health, "wait", HEALTH.wait);
    this.update(event);
  }

  get title() {
    return this.#event.title || this.#event.event_id;
  }

  get heading() {
    return this.#part.title;
  }

  get dirty() {
    return this.#all().some((section) => section.dirty);
  }

  /** Be seen or not; only what is seen asks the server. */
  show(visible) {
    this.node.hidden = !visible;
    if (this.#visible === visible) return;
    this.#visible = visible;
    this.#tell(this.#tab, "show", visible);
  }

  /** Open a tab by its name; the first one, if this key sees no such tab. */
  open(name) {
    const wanted = this.#tabs.names.includes(name) ? name : this.#tabs.names[0];
    if (wanted === this.#tab) return;
    this.#tell(this.#tab, "show", false);
    this.#tab = wanted;
    this.#tabs.open(wanted);
    if (!this.#sections.has(wanted)) this.#mount(wanted);
    this.#tell(wanted, "show", this.#visible);
  }

  /** Show the event's settings as the server has them now. */
  update(event) {
    this.#event = event;
    say(this.#part.title, this.title);
    say(this.#part.id, event.event_id);
    this.#showState(event.state);
    for (const section of this.#all()) section.update?.(event);
  }

  /** Show what the stream says of it. */
  live(numbers) {
    this.#numbers = numbers;
    const { state } = numbers.counters;
    // Numbers may be a moment old; what was set here just now is newer.
    const isSettled = performance.now() - this.#setAt > LAG_MS;
    if (isSettled && state !== this.#event.state) this.update({ ...this.#event, state });
    this.health(numbers);
    for (const section of this.#all()) section.live?.(numbers);
    if (numbers.revision !== this.#revision) this.#sync(numbers.revision);
    // A line that stands still sends no more numbers: these are come back to.
    const isDone = isSettled && numbers.revision === this.#revision;
    clearTimeout(this.#again);
    if (!isDone && this.#visible) this.#again = setTimeout(() => this.live(this.#numbers), AGAIN_MS);
  }

  /** Show how it stands, and why. */
  health({ health, why }) {
    badge(this.#part.health, health, HEALTH[health] ?? health);
    sayList(this.#part.why, why.map(({ text }) => text));
    this.#part.healthBox.dataset.health = health;
  }

  #makeTabs() {
    const seen = TABS.filter(({ sections }) => this.#allowed(sections).length > 0);
    const { tabs, panels } = this.#part;
    return new Tabs(tabs, panels, seen, this.#event.event_id, (name) => {
      const rest = name === "live" ? "" : `/${name}`;
      history.replaceState(null, "", `#event/${encodeURIComponent(this.#event.event_id)}${rest}`);
      this.open(name);
    });
  }

  #allowed(sections) {
    return sections.filter(({ needs }) => !needs || this.#host.can(needs));
  }

  #mount(name) {
    const { sections } = TABS.find((tab) => tab.name === name);
    const areas = areasIn(this.#tabs.panel(name));
    const at = this.#at();
    const made = this.#allowed(sections).map(({ template, mount, area = "main" }) => {
      const root = areas[area].appendChild(copyOf(`section-${template}`));
      return mount(root, at) ?? {};
    });
    this.#sections.set(name, made);
    if (this.#numbers) for (const section of made) section.live?.(this.#numbers);
  }

  /** What a section has to do with (panel-sections.js). */
  #at() {
    const view = this;
    return {
      eventId: this.#event.event_id,
      get event() {
        return view.#event;
      },
      get numbers() {
        return view.#numbers;
      },
      can: this.#host.can,
      publicUrl: this.#host.publicUrl,
      changed: (event) => this.#took(event),
      removed: this.#host.removed,
      soon: this.#host.changed,
    };
  }

  #all() {
    return [...this.#sections.values()].flat();
  }

  #tell(tab, method, value) {
    for (const section of this.#sections.get(tab) ?? []) section[method]?.(value);
  }

  #took(event) {
    this.#setAt = performance.now();
    this.update(event);
    this.#host.changed();
  }

  /** Look at the settings, after somebody (perhaps elsewhere) did something to the event. */
  async #sync(revision) {
    const now = performance.now();
    if (now - this.#syncedAt < SYNC_MS) return;
    this.#syncedAt = now;
    try {
      const event = await events.one(this.#event.event_id);
      this.#revision = revision;
      if (this.#setAt < now) this.update(event);
    } catch {
      // The feed says what is wrong; the numbers are come back to.
    }
  }

  #showState(state) {
    say(this.#part.state, STATES[state]?.about ?? state);
    this.node.dataset.state = state;
    for (const button of this.#part.states.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.state === state));
    }
  }

  async #setState(target) {
    const state = target.closest("button")?.dataset.state;
    const { states, stateError } = this.#part;
    if (!state || state === this.#event.state || states.ariaBusy === "true") return;
    states.ariaBusy = "true";
    say(stateError, "");
    try {
      this.#took(await events.change(this.#event.event_id, { state }));
    } catch (error) {
      say(stateError, sentence(error));
    } finally {
      states.ariaBusy = "false";
    }
  }
}

function areasIn(panel) {
  const made = AREAS.map((name) => {
    const area = document.createElement("div");
    area.className = `stack area-${name}`;
    return [name, panel.appendChild(area)];
  });
  return Object.fromEntries(made);
}

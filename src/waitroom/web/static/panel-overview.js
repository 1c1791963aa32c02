// All events at a glance: how each stands in a word, a shape and a colour, and why; its numbers as
// they move; making a new one. The order stays, so that nothing jumps.

import { events } from "./panel-api.js";
import { badge, clearErrors, copyOf, icon, partsOf, say, sayList, submit } from "./panel-forms.js";
import { dateTime, decimal, people, persons, span, whole } from "./panel-format.js";
import { HEALTH, STATES } from "./panel-words.js";

const FILTER_FROM = 9; // events

/** Binds the overview's parts; `opened(event)` is called when an event was made. */
export class Overview {
  #part;
  #rows = new Map(); // event ID -> {node, part}
  #data = null;

  constructor(part, { opened }) {
    this.#part = part;
    part.create.addEventListener("click", () => {
      clearErrors(part.createForm);
      part.createDialog.showModal();
    });
    part.createCancel.addEventListener("click", () => part.createDialog.close());
    part.createForm.addEventListener("submit", (submitted) => {
      submitted.preventDefault();
      this.#create(opened);
    });
    part.filter.addEventListener("input", () => this.#sift());
  }

  clear() {
    this.#rows.clear();
    this.#part.list.replaceChildren();
    this.#data = null;
  }

  /** Show what `GET /api/overview` says. */
  tell(data) {
    this.#data = data;
    const ids = new Set(data.events.map((event) => event.event_id));
    for (const [id, { node }] of this.#rows) {
      if (ids.has(id)) continue;
      node.remove();
      this.#rows.delete(id);
    }
    let before = null;
    for (const event of data.events) before = this.#place(event, before);
    this.#part.none.hidden = data.events.length > 0;
    this.#part.filter.hidden = data.events.length < FILTER_FROM;
    this.#verdict(data.events);
    this.#sift();
  }

  #place(event, before) {
    const known = this.#rows.get(event.event_id) ?? this.#row(event);
    fill(known, event, this.#data.now);
    const wanted = before ? before.nextElementSibling : this.#part.list.firstElementChild;
    if (wanted !== known.node) this.#part.list.insertBefore(known.node, wanted);
    return known.node;
  }

  #row(event) {
    const node = copyOf("overview-row");
    const row = { node, part: partsOf(node) };
    row.part.title.href = `#event/${encodeURIComponent(event.event_id)}`;
    this.#rows.set(event.event_id, row);
    return row;
  }

  #verdict(all) {
    const [kind, text] = verdictOf(all);
    const { verdict, verdictIcon, verdictText } = this.#part;
    if (verdict.dataset.health !== kind || !verdictIcon.firstChild) {
      verdict.dataset.health = kind;
      verdictIcon.replaceChildren(icon(kind));
    }
    say(verdictText, text);
  }

  #sift() {
    const wanted = this.#part.filter.hidden ? "" : this.#part.filter.querySelector("input").value;
    for (const { node, part } of this.#rows.values()) {
      const text = `${part.title.textContent} ${part.id.textContent}`.toLowerCase();
      node.hidden = !text.includes(wanted.trim().toLowerCase());
    }
  }

  async #create(opened) {
    const { createForm, createDialog } = this.#part;
    const fields = Object.fromEntries(new FormData(createForm));
    let event = null;
    await submit(createForm, async () => {
      event = await events.create(fields);
    });
    if (event === null) return;
    createForm.reset();
    createDialog.close();
    opened(event);
  }
}

function fill({ node, part }, event, now) {
  node.dataset.health = event.health;
  say(part.title, event.title || event.event_id);
  say(part.id, event.event_id);
  badge(part.health, event.health, HEALTH[event.health] ?? event.health);
  badge(part.state, event.state, STATES[event.state]?.word ?? event.state);
  sayList(part.why, whyOf(event, now));
  say(part.waiting, whole(event.waiting));
  say(part.waitingUnit, persons(event.waiting));
  say(part.wait, event.wait_p50 === null ? "–" : span(event.wait_p50));
  say(part.waitUnit, event.wait_p50 === null ? "not known yet" : "median");
  say(part.rate, decimal(event.served_per_minute));
  say(part.arrived, whole(event.arrived));
  say(part.arrivedUnit, persons(event.arrived));
  say(part.active, whole(event.active));
  say(part.cap, event.cap > 0 ? `of ${whole(event.cap)} at most` : persons(event.active));
}

/** The reasons for an event's health, and what else there is to know at a glance. */
function whyOf({ why, opens_at: opens }, now) {
  const texts = why.map(({ text }) => text);
  return opens > now ? [`Opens ${dateTime(opens)}.`, ...texts] : texts;
}

function verdictOf(all) {
  if (all.length === 0) return ["wait", "Nothing to watch yet."];
  const [bad, warn] = ["bad", "warn"].map((kind) => all.filter(({ health }) => health === kind));
  const waiting = all.reduce((sum, event) => sum + event.waiting, 0);
  const crowd = `${people(waiting)} waiting.`;
  if (bad.length > 0) return ["bad", `${named(bad)} ${bad.length > 1 ? "need" : "needs"} you now. ${crowd}`];
  if (warn.length > 0) return ["warn", `${named(warn)}: worth a look. ${crowd}`];
  return ["good", `${all.length > 1 ? `All ${all.length} events are` : "All is"} fine. ${crowd}`];
}

function named(some) {
  const [first, second, ...more] = some.map(({ title, event_id: id }) => title || id);
  if (more.length > 0) return `${first} and ${some.length - 1} others`;
  return second ? `${first} and ${second}` : first;
}

// How the line moves by itself: what the inlet does now, what its gates say, and the form that
// chooses another, with what it would lead to. An inlet is replaced as a whole, and what is typed
// stays until it is saved.

import { events } from "./panel-api.js";
import { same } from "./panel-draft.js";
import { fromLocal, toLocal } from "./panel-fields.js";
import { badge, copyOf, partsOf, say, submit } from "./panel-forms.js";
import { decimal, whole } from "./panel-format.js";
import { FIELDS, KINDS, sentenceOf } from "./panel-inlet-kinds.js";
import { Preview } from "./panel-preview.js";
import { GATES } from "./panel-words.js";

/** Binds the section. */
export function mountInlet(root, at) {
  const form = new InletForm(root, at);
  return {
    update: (event) => form.chosen(event.inlet),
    live: (numbers) => form.update(numbers.inlet, numbers),
    get dirty() {
      return form.dirty;
    },
  };
}

class InletForm {
  #form;
  #part;
  #at;
  #preview;
  #inlet = { kind: "manual" };
  #clean = "";

  constructor(section, at) {
    this.#part = partsOf(section);
    this.#form = this.#part.inletForm;
    this.#at = at;
    this.#preview = new Preview(this.#part.inletPreview, at);
    this.#part.inletChange.hidden = !at.can("operate");
    const { kind } = this.#form.elements;
    for (const [name, { label }] of Object.entries(KINDS)) kind.add(new Option(label, name));
    this.#form.addEventListener("input", ({ target }) => {
      if (target === kind) this.#choose(kind.value);
      else this.#showDirty();
    });
    this.#form.addEventListener("submit", (submitted) => {
      submitted.preventDefault();
      this.#save();
    });
    this.#part.inletUndo.addEventListener("click", () => this.#fill(this.#inlet));
    this.#part.inletChange.addEventListener("toggle", () => this.#look());
    this.#fill(at.event.inlet ?? this.#inlet);
  }

  /** Whether something typed has not been saved. */
  get dirty() {
    return this.#typed() !== this.#clean;
  }

  /** Take over the inlet that is set now. */
  chosen(inlet) {
    if (same(inlet, this.#inlet)) return;
    const touched = this.dirty;
    this.#inlet = inlet;
    if (!touched) this.#fill(inlet);
  }

  /** Take over what the server says of the inlet now (`GET .../inlet`). */
  update(at, numbers) {
    this.chosen(at.inlet);
    say(this.#part.inletState, stateOf(at));
    this.#part.inletState.dataset.mood = at.holding ? "bad" : "";
    say(this.#part.inletLoad, loadOf(at));
    this.#showGates(at.gates);
    this.#preview.live(numbers);
  }

  /** What the inlet as it is typed would lead to. */
  #look() {
    if (this.#part.inletChange.open) this.#preview.of(this.#value(), this.dirty);
    else this.#preview.none();
  }

  #showGates(gates) {
    const list = this.#part.gates;
    list.hidden = gates.length === 0;
    while (list.children.length > gates.length) list.lastElementChild.remove();
    gates.forEach((gate, index) => {
      const row = list.children[index] ?? list.appendChild(copyOf("gate-row"));
      const { name, state, detail } = partsOf(row);
      const kind = { ok: "good", alarm: "bad" }[gate.state] ?? "warn";
      badge(state, kind, GATES[gate.state] ?? gate.state);
      say(name, gate.name);
      say(detail, gate.holds ? `${gate.detail} The line is held.`.trim() : gate.detail);
    });
  }

  #choose(kind) {
    const known = this.#inlet.kind === kind ? this.#inlet : (KINDS[kind].fresh ?? {});
    this.#build(kind, known);
    this.#showDirty();
  }

  #fill(inlet) {
    const { kind } = this.#form.elements;
    if (!KINDS[inlet.kind]) return; // of a newer version: it can be seen, and replaced
    kind.value = inlet.kind;
    this.#build(inlet.kind, inlet);
    this.#clean = this.#typed();
    this.#showDirty();
  }

  #build(kind, values) {
    const { about, fields, more } = KINDS[kind];
    say(this.#part.inletAbout, about);
    this.#part.inletFields.replaceChildren(...fields.flatMap((name) => fieldOf(name, values[name])));
    this.#part.inletMore.hidden = more.length === 0;
    this.#part.inletMoreFields.replaceChildren(
      ...more.flatMap((name) => fieldOf(name, values[name])),
    );
  }

  #typed() {
    return JSON.stringify(this.#value());
  }

  #value() {
    const kind = this.#form.elements.kind.value;
    const { fields, more } = KINDS[kind] ?? { fields: [], more: [] };
    const given = [...fields, ...more].map((name) => [name, read(this.#form.elements[name])]);
    return { kind, ...Object.fromEntries(given.filter(([, value]) => value !== undefined)) };
  }

  async #save() {
    const sent = this.#value();
    const saved = await submit(this.#form, async () => {
      this.#inlet = (await events.setInlet(this.#at.eventId, sent)).inlet;
    });
    if (!saved) return this.#showDirty();
    // What was typed on while the answer was under way stays as it is.
    if (same(this.#value(), sent)) this.#fill(this.#inlet);
    this.#at.changed({ ...this.#at.event, inlet: this.#inlet });
    if (!this.dirty) say(this.#part.inletResult, "Saved. It holds within a second.");
  }

  #showDirty() {
    const { dirty } = this;
    this.#part.inletSave.disabled = this.#part.inletUndo.disabled = !dirty;
    say(this.#part.inletResult, dirty ? "Not saved yet." : "");
    this.#look();
  }
}

function stateOf({ inlet, state, holding, rate_per_minute: rate }) {
  if (holding) return "Held: a gate says that the site is not well. Letting in by hand still works.";
  if (state === "paused") return `Paused. ${sentenceOf(inlet)}`;
  if (state === "sold_out") return `Sold out: nobody is let in. ${sentenceOf(inlet)}`;
  if (!Number.isFinite(rate) || inlet.kind === "rate") return sentenceOf(inlet);
  return `${sentenceOf(inlet)} At present ${decimal(rate)} a minute.`;
}

function loadOf({ active, cap, held }) {
  const of = cap > 0 ? ` of at most ${whole(cap)}` : "";
  const door = held > 0 ? `, ${whole(held)} at the door until there is room` : "";
  return `On the site now: ${whole(active)}${of}${door}.`;
}

function fieldOf(name, value) {
  const { label, unit, type } = FIELDS[name];
  const node = document.getElementById("inlet-field").content.cloneNode(true);
  const part = partsOf(node);
  part.label.firstChild.data = `${label} `;
  part.unit.textContent = unit;
  part.input.name = name;
  part.input.type = type === "time" ? "datetime-local" : "text";
  if (type !== "time") part.input.inputMode = type === "whole" ? "numeric" : "decimal";
  part.input.value = type === "time" ? toLocal(value) : String(value ?? "");
  part.error.dataset.errorFor = name;
  return Array.from(node.children);
}

function read(input) {
  const text = input.value.trim();
  const { type, empty } = FIELDS[input.name];
  if (type === "time") return fromLocal(text);
  if (text === "" && empty) return undefined;
  // What is not a number goes to the server as it is: its word on it is the one that is shown.
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

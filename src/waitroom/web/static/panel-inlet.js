// How the line moves by itself: what the inlet does now, what its gates say, and the form that
// chooses another. An inlet is replaced as a whole, and what is typed stays until it is saved.

import { events } from "./panel-api.js";
import { partsOf, say, submit } from "./panel-forms.js";
import { FIELDS, KINDS, sentenceOf } from "./panel-inlet-kinds.js";

const RATE = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat("en");
const GATES = { ok: "OK", alarm: "Alarm", unknown: "Unknown" };

/** Binds the block in `section`; `changed()` is called after an inlet was set. */
export class InletForm {
  #form;
  #part;
  #eventId;
  #changed;
  #inlet = { kind: "manual" };
  #clean = "";

  constructor(section, event, changed) {
    this.#part = partsOf(section);
    this.#form = this.#part.inletForm;
    this.#eventId = event.event_id;
    this.#changed = changed;
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
    this.#fill(event.inlet ?? this.#inlet);
  }

  /** Whether something typed has not been saved. */
  get dirty() {
    return this.#typed() !== this.#clean;
  }

  /** Take over what the server says of the inlet now (`GET .../inlet`). */
  update(at) {
    if (!same(at.inlet, this.#inlet)) {
      const touched = this.dirty;
      this.#inlet = at.inlet;
      if (!touched) this.#fill(at.inlet);
    }
    say(this.#part.inletState, stateOf(at));
    this.#part.inletState.dataset.mood = at.holding ? "bad" : "";
    say(this.#part.inletLoad, loadOf(at));
    this.#showGates(at.gates);
  }

  #showGates(gates) {
    const list = this.#part.gates;
    list.hidden = gates.length === 0;
    while (list.children.length > gates.length) list.lastElementChild.remove();
    gates.forEach((gate, index) => {
      const row = list.children[index] ?? list.appendChild(gateRow());
      const { name, state, detail } = partsOf(row);
      row.dataset.gate = gate.state;
      say(name, gate.name);
      say(state, GATES[gate.state] ?? gate.state);
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
      this.#inlet = (await events.setInlet(this.#eventId, sent)).inlet;
    });
    if (!saved) return this.#showDirty();
    // What was typed on while the answer was under way stays as it is.
    if (same(this.#value(), sent)) this.#fill(this.#inlet);
    this.#changed();
    if (!this.dirty) say(this.#part.inletResult, "Saved. It holds within a second.");
  }

  #showDirty() {
    const { dirty } = this;
    this.#part.inletSave.disabled = this.#part.inletUndo.disabled = !dirty;
    say(this.#part.inletResult, dirty ? "Not saved yet." : "");
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function stateOf({ inlet, state, holding, rate_per_minute: rate }) {
  if (holding) return "Held: a gate says that the site is not well. Letting in by hand still works.";
  if (state === "paused") return `Paused. ${sentenceOf(inlet)}`;
  if (!Number.isFinite(rate) || inlet.kind === "rate") return sentenceOf(inlet);
  return `${sentenceOf(inlet)} At present ${RATE.format(rate)} a minute.`;
}

function loadOf({ active, cap, held }) {
  const of = cap > 0 ? ` of at most ${WHOLE.format(cap)}` : "";
  const door = held > 0 ? `, ${WHOLE.format(held)} at the door until there is room` : "";
  return `On the site now: ${WHOLE.format(active)}${of}${door}.`;
}

function gateRow() {
  return document.getElementById("gate-row").content.cloneNode(true).firstElementChild;
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
  part.input.value = type === "time" ? localTime(value) : String(value ?? "");
  part.error.dataset.errorFor = name;
  return Array.from(node.children);
}

function read(input) {
  const text = input.value.trim();
  const { type, empty } = FIELDS[input.name];
  if (type === "time") return text ? Math.floor(new Date(text).getTime() / 1000) : 0;
  if (text === "" && empty) return undefined;
  // What is not a number goes to the server as it is: its word on it is the one that is shown.
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Epoch seconds as `datetime-local` wants them, in the operator's time zone; 0 is empty. */
function localTime(seconds) {
  if (!seconds) return "";
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

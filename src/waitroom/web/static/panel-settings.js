// The settings form of one event. What is typed stays: a newer value from the server replaces a
// field only while the operator has not touched it. Only what was changed is sent.

import { events } from "./panel-api.js";
import { partsOf, say, submit } from "./panel-forms.js";

const LISTS = ["return_urls", "allowed_origins"];

/** Binds `form` to the event; `changed(event)` is called with what the server made of it. */
export class Settings {
  #form;
  #part;
  #event;
  #fields;
  #saved = new Map(); // field -> what it read right after it was filled

  constructor(form, event, changed) {
    this.#form = form;
    this.#part = partsOf(form);
    this.#event = event;
    this.#fields = Array.from(form.elements).filter((field) => field.name);
    form.addEventListener("input", () => this.#showDirty());
    form.addEventListener("submit", (submitted) => {
      submitted.preventDefault();
      this.#save(changed);
    });
    this.#part.undo.addEventListener("click", () => this.#fill(this.#fields));
    this.#fill(this.#fields);
  }

  /** Whether something typed has not been saved. */
  get dirty() {
    return this.#touched().length > 0;
  }

  /** Take over the event as the server has it now, but for fields being edited. */
  update(event) {
    const touched = new Set(this.#touched());
    const moved = ({ name }) => !same(event[name], this.#event[name]);
    const free = this.#fields.filter((field) => !touched.has(field) && moved(field));
    this.#event = event;
    if (free.length > 0) this.#fill(free);
  }

  #touched() {
    return this.#fields.filter((field) => !same(valueOf(field), this.#saved.get(field)));
  }

  #fill(fields) {
    for (const field of fields) {
      put(field, this.#event[field.name]);
      this.#saved.set(field, valueOf(field));
    }
    this.#showDirty();
  }

  async #save(changed) {
    const sent = new Map(this.#touched().map((field) => [field, valueOf(field)]));
    const changes = Object.fromEntries(Array.from(sent, ([field, value]) => [field.name, value]));
    const saved = await submit(this.#form, async () => {
      this.#event = await events.change(this.#event.event_id, changes);
    });
    if (!saved) return this.#showDirty();
    // What was typed on while the answer was under way stays as it is.
    const settled = [...sent].filter(([field, value]) => same(valueOf(field), value));
    this.#fill(settled.map(([field]) => field));
    changed(this.#event);
    if (!this.dirty) say(this.#part.result, "Saved.");
  }

  #showDirty() {
    const { dirty } = this;
    this.#part.save.disabled = !dirty;
    this.#part.undo.disabled = !dirty;
    say(this.#part.result, dirty ? "Not saved yet." : "");
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function valueOf(field) {
  if (field.type === "checkbox") return field.checked;
  const text = field.value.trim();
  if (LISTS.includes(field.name)) return text.split(/\s+/).filter(Boolean);
  // What is not a number goes to the server as it is: its word on it is the one that is shown.
  return field.inputMode === "numeric" && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function put(field, value) {
  if (field.type === "checkbox") field.checked = Boolean(value);
  else field.value = Array.isArray(value) ? value.join("\n") : String(value ?? "");
}

/** Binds the section. */
export function mountSettings(root, at) {
  const form = root.querySelector("form");
  const settings = new Settings(form, at.event, (event) => at.changed(event));
  form.querySelector("fieldset")?.toggleAttribute("disabled", !at.can("admin"));
  return settings;
}

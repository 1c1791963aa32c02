// The settings of one event: checked by the server while they are typed, saved together. What is
// typed stays, whatever happens to the connection or is done by others (panel-draft.js). State,
// message and inlet are on the live page; theme and clients have sections of their own.

import { events } from "./panel-api.js";
import { attempt, Checking, faultsOf, findFaults, NOT_ASKED, showFaults } from "./panel-checking.js";
import { showConflicts } from "./panel-conflicts.js";
import { Draft } from "./panel-draft.js";
import { fieldsOf, inWords, reading, unreadable, ZONE } from "./panel-fields.js";
import { partsOf, say, sentence } from "./panel-forms.js";
import { dateTime, span } from "./panel-format.js";
import { EXAMPLES } from "./panel-gate-examples.js";

const UTC = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

class Settings {
  #form;
  #part;
  #at;
  #draft;
  #checking;
  #faults = {};

  constructor(root, at) {
    const form = root.querySelector("form");
    this.#form = form;
    this.#part = partsOf(root);
    this.#at = at;
    this.#draft = new Draft(fieldsOf(form), at.event);
    this.#checking = new Checking(() => this.#ask(), (faults, error) => this.#told(faults, error));
    form.addEventListener("input", () => this.#typed());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    this.#part.undo.addEventListener("click", () => this.#drop());
    this.#part.examples.addEventListener("click", ({ target }) => this.#example(target));
    this.#part.fields.disabled = !at.can("admin");
    this.#part.readOnly.hidden = at.can("admin");
    this.#show();
  }

  get dirty() {
    return this.#draft.touched.length > 0;
  }

  update(event) {
    const moved = this.#draft.merge(event);
    this.#show();
    if (moved.length === 0) return;
    const names = moved.map((name) => this.#label(name)).join(", ");
    say(this.#part.news, `Changed elsewhere, and shown here: ${names}.`);
  }

  live() {
    this.#showOpening();
  }

  #typed() {
    say(this.#part.news, "");
    say(this.#part.result, "");
    const { changes } = this.#draft;
    this.#faults = unreadable(this.#form, changes);
    if (Object.keys(changes).length > 0) this.#checking.soon();
    else this.#checking.forget();
    this.#show();
  }

  async #ask() {
    const local = unreadable(this.#form, this.#draft.changes);
    const readable = Object.keys(local).reduce(without, this.#draft.changes);
    const call = (changes) => events.check(this.#at.eventId, changes);
    const { faults } = await findFaults(this.#form, readable, call, without);
    return { ...local, ...faults };
  }

  #told(faults, error) {
    const unasked = error?.status === 0;
    if (!unasked) this.#faults = faults ?? faultsOf(this.#form, error);
    say(this.#part.result, unasked ? NOT_ASKED : "");
    this.#show();
  }

  #drop() {
    this.#draft.drop();
    this.#typed();
  }

  async #save() {
    if (this.#draft.conflicts.size > 0) return this.#askToDecide();
    const sent = this.#draft.changes;
    this.#checking.forget();
    this.#faults = unreadable(this.#form, sent);
    if (Object.keys(this.#faults).length === 0) this.#faults = await this.#send(sent);
    this.#show();
    this.#form.querySelector("[aria-invalid]")?.focus();
    if (Object.keys(this.#faults).length === 0 && !this.dirty) say(this.#part.result, "Saved.");
  }

  #askToDecide() {
    const [name] = this.#draft.conflicts.keys();
    say(this.#part.result, `First say at “${this.#label(name)}” which one holds.`);
    this.#form.querySelector(`[data-conflict="${name}"] button`).focus();
  }

  /** Send, and say what is wrong with it: nothing, if it is saved. */
  async #send(sent) {
    const failed = await attempt(this.#form, async () => {
      const event = await events.change(this.#at.eventId, sent);
      this.#draft.settle(sent, event);
      this.#at.changed(event);
    });
    if (failed === null) return {};
    return failed.status === 0 ? { "": notSaved(failed) } : faultsOf(this.#form, failed);
  }

  #example(target) {
    const { kind } = target.closest("button")?.dataset ?? {};
    if (!kind) return;
    const into = kind === "probe" ? "probe" : "gates";
    const field = this.#form.elements.namedItem(into);
    const there = this.#draft.read(into);
    const value = into === "probe" ? EXAMPLES.probe : [...(Array.isArray(there) ? there : []), EXAMPLES[kind]];
    field.value = JSON.stringify(value, null, 2);
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // --- showing ------------------------------------------------------------------------------------

  #show() {
    const { touched } = this.#draft;
    this.#form.toggleAttribute("data-dirty", touched.length > 0);
    showFaults(this.#form, this.#faults);
    showConflicts(this.#form, this.#draft, (name, value) => inWords(this.#form, name, value), () => this.#typed());
    this.#part.save.disabled = touched.length === 0;
    this.#part.undo.disabled = touched.length === 0;
    const names = touched.map((name) => this.#label(name)).join(", ");
    say(this.#part.unsaved, touched.length > 0 ? `Not saved yet: ${names}.` : "");
    for (const note of this.#form.querySelectorAll("[data-reading]")) {
      say(note, reading(this.#draft.read(note.dataset.reading), note.dataset.zero));
    }
    const { hand_over: way, queue_position_expiry: expires } = this.#draft.values;
    this.#part.cookieDomain.hidden = way !== "cookie" && this.#draft.read("cookie_domain") === "";
    this.#part.expiry.hidden = !expires;
    this.#showOpening();
  }

  #showOpening() {
    const at = this.#draft.read("opens_at");
    say(this.#part.opening, openingWords(at, this.#at.numbers?.now ?? Date.now() / 1000));
  }

  #label(name) {
    return this.#form.elements.namedItem(name).dataset.short;
  }
}

function without(changes, name) {
  const { [name]: _, ...rest } = changes;
  return rest;
}

const notSaved = (error) => `${sentence(error)} What you typed stays here; save again to be sure.`;

function openingWords(at, now) {
  if (typeof at !== "number") return "";
  if (at === 0) return "Newcomers get a place from the beginning.";
  const away = at > now ? `in ${span(at - now)}` : "which is past";
  return `${dateTime(at)} in ${ZONE}: ${UTC.format(at * 1000)} UTC, ${away}.`;
}

/** Binds the section. */
export function mountSettings(root, at) {
  return new Settings(root, at);
}

// The look of an event's waiting room: checked by the server while it is chosen, seen in two frames
// before it is saved. What is typed stays, as in panel-settings.js.

import { themes } from "./panel-api.js";
import { ask } from "./panel-ask.js";
import { attempt, Checking, faultsOf, findFaults, NOT_ASKED, showFaults } from "./panel-checking.js";
import { bindColour } from "./panel-colour-field.js";
import { showConflicts } from "./panel-conflicts.js";
import { Draft } from "./panel-draft.js";
import { fieldsOf } from "./panel-fields.js";
import { partsOf, say, sentence } from "./panel-forms.js";
import { bindLogo, showLogo } from "./panel-logo.js";
import { PreviewFrames } from "./panel-preview-frames.js";

const AGAIN_MS = 3_000; // after a theme that could not be read
const PARTS = ["name", "accent", "accent_dark", "background", "background_dark", "logo", "css", "template"];
const EMPTY = Object.fromEntries(PARTS.map((name) => [name, ""]));
const TOP = ".top { padding: 1rem; text-align: center; font: 600 1.25rem system-ui }";
const EXAMPLE = `<!doctype html>
<html lang="{{ lang }}">
<head>
  {{ head }}
  <style nonce="{{ nonce }}">${TOP}</style>
</head>
<body class="room-page">
  <header class="top">{{ name }}</header>
  {{ room }}
</body>
</html>`;

class Look {
  #root;
  #form;
  #part;
  #at;
  #draft;
  #checking;
  #colours;
  #frames;
  #faults = {};
  #version = null; // of the theme that the draft is of; null: not read yet
  #stylesheet = "";
  #checkedLogo = "";
  #visible = false;
  #scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

  constructor(root, at) {
    this.#root = root;
    this.#at = at;
    this.#part = partsOf(root);
    this.#form = this.#part.look;
    this.#draft = new Draft(fieldsOf(this.#form), EMPTY);
    this.#checking = new Checking(() => this.#ask(), (found, error) => this.#told(found, error));
    this.#frames = new PreviewFrames(root);
    const typed = () => this.#typed();
    this.#colours = new Map(
      Array.from(root.querySelectorAll("[data-colour]"), (box) => [box.dataset.colour, bindColour(box, typed)]),
    );
    bindLogo(root, this.#form.elements.logo, typed, (why) => {
      this.#faults = { ...this.#faults, logo: why };
      this.#show();
    });
    this.#bind();
    this.#part.fields.disabled = true;
    this.#part.readOnly.hidden = at.can("admin");
    this.#pickScheme(this.#scheme);
  }

  get dirty() {
    return this.#draft.touched.length > 0;
  }

  show(visible) {
    this.#visible = visible;
    if (!visible) return;
    this.#frames.open();
    if (this.#version === null) this.#read();
  }

  update(event) {
    if (this.#version !== null && event.theme !== this.#version) this.#read();
    this.#preview();
  }

  live() {
    if (this.#version !== null && this.#message !== this.#at.numbers?.status.message_html) this.#preview();
  }

  #bind() {
    const { undo, clear, begin, schemes, scene } = this.#part;
    this.#form.addEventListener("input", ({ target }) => target.name && this.#typed());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    undo.addEventListener("click", () => {
      this.#draft.drop();
      this.#typed();
    });
    clear.addEventListener("click", () => this.#clear());
    begin.addEventListener("click", () => {
      this.#form.elements.template.value ||= EXAMPLE;
      this.#form.elements.template.focus();
      this.#typed();
    });
    schemes.addEventListener("click", ({ target }) => this.#pickScheme(target.dataset.scheme));
    scene.addEventListener("change", () => this.#preview());
  }

  async #read() {
    try {
      const theme = await themes.one(this.#at.eventId);
      const isFirst = this.#version === null;
      this.#version = theme.version;
      const moved = this.#draft.merge(theme);
      if (!this.dirty) this.#stylesheet = theme.stylesheet;
      this.#checkedLogo = theme.logo;
      this.#part.unread.hidden = true;
      this.#part.fields.disabled = !this.#at.can("admin");
      if (!isFirst && moved.length > 0) {
        say(this.#part.news, `Changed elsewhere, and shown here: ${this.#labels(moved)}.`);
      }
      if (!isFirst && this.dirty) this.#checking.soon();
      this.#show();
    } catch (error) {
      if (error.status === undefined) throw error;
      this.#part.unread.hidden = false;
      say(this.#part.unread, `The look could not be read: ${sentence(error)}`);
      setTimeout(() => this.#visible && this.#read(), AGAIN_MS);
    }
  }

  #typed() {
    say(this.#part.news, "");
    say(this.#part.result, "");
    this.#faults = {};
    this.#checking.soon();
    this.#show();
  }

  /** A logo that was found good is not sent again with each key. */
  #ask() {
    const { values } = this.#draft;
    const asked = values.logo === this.#checkedLogo ? { ...values, logo: "" } : values;
    const call = (theme) => themes.check(this.#at.eventId, theme);
    return findFaults(this.#form, asked, call, (theme, name) => ({ ...theme, [name]: "" }));
  }

  #told(found, error) {
    const unasked = error?.status === 0;
    if (!unasked) this.#faults = found?.faults ?? faultsOf(this.#form, error);
    // What else was chosen is to be seen, though one part of it will not do.
    if (found?.answer) this.#stylesheet = found.answer.stylesheet;
    if (found && !found.faults.logo) this.#checkedLogo = this.#draft.read("logo");
    say(this.#part.result, unasked ? NOT_ASKED : "");
    this.#show();
  }

  async #save() {
    if (this.#draft.conflicts.size > 0) {
      const [name] = this.#draft.conflicts.keys();
      say(this.#part.result, `First say at “${this.#labels([name])}” which one holds.`);
      this.#form.querySelector(`[data-conflict="${name}"] button`).focus();
      return;
    }
    const sent = this.#draft.values;
    const done = await this.#send(async () => this.#took(await themes.save(this.#at.eventId, sent), sent));
    if (done && !this.dirty) say(this.#part.result, "Saved. Visitors see it when they next load the page.");
  }

  #clear() {
    const text = "Name, logo, colours, CSS and page of this event are taken off. The log can bring them back.";
    ask({ title: "Our own looks again?", text, action: "Take the look off" }, async () => {
      this.#took(await themes.clear(this.#at.eventId), this.#draft.values);
      say(this.#part.result, "Our own looks again.");
      this.#show();
    });
  }

  #took(theme, sent) {
    this.#version = theme.version;
    this.#stylesheet = theme.stylesheet;
    this.#draft.settle(sent, theme);
    this.#at.soon();
  }

  async #send(work) {
    this.#checking.forget();
    const failed = await attempt(this.#form, work);
    this.#faults = failed ? faultsOf(this.#form, failed) : {};
    this.#show();
    this.#form.querySelector("[aria-invalid]")?.focus();
    return failed === null;
  }

  // --- showing ------------------------------------------------------------------------------------

  #message = "";

  #show() {
    const { touched } = this.#draft;
    this.#form.toggleAttribute("data-dirty", touched.length > 0);
    showFaults(this.#form, this.#faults);
    showConflicts(this.#form, this.#draft, told, () => this.#typed());
    for (const [name, field] of this.#colours) field.show(this.#faults[name]);
    showLogo(this.#root, this.#form.elements.logo);
    const isIdle = touched.length === 0 || !this.#at.can("admin");
    this.#part.save.disabled = isIdle;
    this.#part.undo.disabled = isIdle;
    this.#part.clear.disabled = !this.#at.can("admin") || !this.#version;
    say(this.#part.unsaved, touched.length > 0 ? `Not saved yet: ${this.#labels(touched)}.` : "");
    this.#preview();
  }

  #preview() {
    const { name, logo, template } = this.#draft.values;
    this.#message = this.#at.numbers?.status.message_html ?? "";
    const isSound = !this.#faults.template;
    this.#frames.show({
      name,
      logo: this.#faults.logo ? "" : logo,
      template: isSound ? template : "",
      stylesheet: this.#stylesheet,
      scheme: this.#scheme,
      scene: this.#part.scene.value,
      message: this.#message,
      event: { id: this.#at.eventId, title: this.#at.event.title || this.#at.eventId },
    });
  }

  #pickScheme(scheme) {
    if (!scheme) return;
    this.#scheme = scheme;
    for (const button of this.#part.schemes.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.scheme === scheme));
    }
    this.#preview();
  }

  #labels(names) {
    return names.map((name) => this.#form.elements.namedItem(name).dataset.short).join(", ");
  }
}

function told(name, value) {
  if (value === "") return "ours";
  return ["logo", "css", "template"].includes(name) ? "another one" : `“${value}”`;
}

/** Binds the section. */
export function mountLook(root, at) {
  return new Look(root, at);
}

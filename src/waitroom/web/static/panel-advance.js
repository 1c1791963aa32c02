// Letting people in by hand, and taking a step back. One click is one step of the line: it carries
// a key of its own, and when no answer came, the same step can be sent again without counting twice.

import { events, onceKey } from "./panel-api.js";
import { partsOf, say, sentence } from "./panel-forms.js";
import { signed, span, whole } from "./panel-format.js";

const WHOLE = /^[+-]?\d{1,15}$/;

/** Binds the section. */
export function mountAdvance(root, at) {
  const part = partsOf(root);
  const advance = new Advance(part.advance, at.eventId, at.soon);
  const undo = new Undo(part, at);
  return {
    live: (numbers) => undo.live(numbers),
    get dirty() {
      return advance.dirty;
    },
  };
}

/** Binds the "Let people in" form; `advanced()` is called after each step that counted. */
class Advance {
  #form;
  #part;
  #eventId;
  #advanced;
  #focused = null;
  #open = null; // a step whose fate is not known: {by, once}

  constructor(form, eventId, advanced) {
    this.#form = form;
    this.#part = partsOf(form);
    this.#eventId = eventId;
    this.#advanced = advanced;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#typed();
    });
    form.addEventListener("click", ({ target }) => {
      const button = target.closest("button[data-by]");
      if (button) this.#send({ by: Number(button.dataset.by), once: onceKey() });
    });
    this.#part.again.addEventListener("click", () => this.#send(this.#open));
    this.#part.drop.addEventListener("click", () => this.#settle("Not sent again."));
  }

  /** Whether the fate of a step is not known. */
  get dirty() {
    return this.#open !== null;
  }

  #typed() {
    const text = this.#form.elements.by.value.trim().replace(/[ ,_]/g, "").replace("−", "-");
    const by = Number(text);
    if (!WHOLE.test(text) || by === 0) {
      this.#form.elements.by.setAttribute("aria-invalid", "true");
      this.#tell("Wanted a whole number other than 0.", "bad");
      return;
    }
    this.#send({ by, once: onceKey() });
  }

  async #send(step) {
    if (this.#form.ariaBusy === "true") return;
    this.#form.elements.by.removeAttribute("aria-invalid");
    this.#shut(true);
    this.#tell(`Sending ${signed(step.by)}…`);
    try {
      const { serving_num: serving } = await events.advance(this.#eventId, step.by, step.once);
      this.#settle(`${signed(step.by)} done. Now serving up to ${whole(serving)}.`, "good");
      this.#advanced();
    } catch (error) {
      this.#failed(step, error);
    }
  }

  #failed(step, error) {
    if (error.status !== 0 && error.status < 500) return this.#settle(sentence(error), "bad");
    this.#open = step;
    this.#form.ariaBusy = "false";
    say(this.#part.again, `Send ${signed(step.by)} again`);
    this.#part.unsettled.hidden = false;
    this.#part.again.disabled = this.#part.drop.disabled = false;
    const unsure = `No answer to ${signed(step.by)}; it may have counted.`;
    this.#tell(`${unsure} Sending it again never counts it twice.`, "bad");
  }

  #settle(text, mood) {
    this.#open = null;
    this.#part.unsettled.hidden = true;
    this.#shut(false);
    this.#tell(text, mood);
  }

  #shut(busy) {
    if (busy) this.#focused = document.activeElement; // shutting a button takes its focus away
    this.#form.ariaBusy = String(busy);
    for (const button of this.#form.querySelectorAll("button")) button.disabled = busy;
    if (!busy && document.activeElement === document.body) this.#focused?.focus();
  }

  #tell(text, mood = "") {
    say(this.#part.result, text);
    this.#part.result.dataset.mood = mood;
  }
}

/** Offers to take back the newest step that somebody took by hand: once, by its number in the log. */
class Undo {
  #part;
  #at;
  #offered = null; // what can be undone, as the server says
  #done = 0; // the entry that was undone here last

  constructor(part, at) {
    this.#part = part;
    this.#at = at;
    part.undoStep.addEventListener("click", () => this.#undo());
  }

  live({ undo, now }) {
    if (this.#part.undoBox.ariaBusy === "true") return;
    const isNew = undo !== null && undo.seq !== this.#done;
    this.#offered = isNew && undo.serving_num ? undo : null;
    this.#part.undoStep.disabled = this.#offered === null;
    const none = isNew ? "Settings were changed last: the log undoes that." : "Nothing to undo.";
    say(this.#part.undoText, this.#offered ? offerOf(undo, now) : none);
    this.#part.undoText.title = this.#offered?.by ?? "";
  }

  async #undo() {
    const { seq } = this.#offered;
    const { undoBox, undoStep, undoResult } = this.#part;
    undoBox.ariaBusy = "true";
    undoStep.disabled = true;
    say(undoResult, "");
    try {
      const { serving_num: serving } = await events.undo(this.#at.eventId, seq);
      this.#done = seq;
      this.#tell(`Taken back. Serving up to ${whole(serving)} again.`, "good");
    } catch (error) {
      // The number of the entry makes it safe to try again: it is undone once.
      this.#tell(sentence(error), "bad");
      undoStep.disabled = false;
    } finally {
      undoBox.ariaBusy = "false";
      this.#at.soon();
    }
  }

  #tell(text, mood) {
    say(this.#part.undoResult, text);
    this.#part.undoResult.dataset.mood = mood;
  }
}

function offerOf({ by, by_name: name, at, serving_num: { now: current, then } }, now) {
  return `Last step: ${signed(current - then)} by ${name || by}, ${span(now - at)} ago.`;
}

// Checking while one types: the server says what it would say to the whole form, a moment after the
// last key, and only its newest word counts. While it cannot be asked, that is said, and it is asked
// again and again.

import { sentence, submit } from "./panel-forms.js";

const QUIET_MS = 400; // after the last key
const AGAIN_MS = 3_000; // after a check that nobody answered

/** `ask()` checks; `told(what it found, error)` gets one of them. */
export class Checking {
  #ask;
  #told;
  #timer = 0;
  #round = 0;

  constructor(ask, told) {
    this.#ask = ask;
    this.#told = told;
  }

  /** Something was typed. */
  soon(delay = QUIET_MS) {
    clearTimeout(this.#timer);
    this.#round += 1;
    this.#timer = setTimeout(() => this.#check(this.#round), delay);
  }

  /** What was typed is sent or dropped: nothing that comes late is shown. */
  forget() {
    clearTimeout(this.#timer);
    this.#round += 1;
  }

  async #check(round) {
    let answer = null;
    try {
      answer = await this.#ask();
    } catch (error) {
      if (error.status === undefined) throw error;
      if (round !== this.#round) return;
      if (error.status === 0 || error.status >= 500) this.soon(AGAIN_MS);
      this.#told(null, error);
      return;
    }
    if (round === this.#round) this.#told(answer, null);
  }
}

const NAMED = /^([a-z_]+)([.[][^:]*)?: (.+)$/s;

/** Where the server's word about a setting belongs, and the word; null if it names no field. */
function namedIn(form, error) {
  const [, name, path = "", wanted] = NAMED.exec(error.message) ?? [];
  if (!name || !form.elements.namedItem(name)) return null;
  return { name, text: path ? `${path.replace(/^\./, "")}: ${wanted}` : wanted };
}

/** The element under a field in which its error stands. */
export const noteFor = (form, name) => form.querySelector(`[data-error-for="${name}"]`);

/** Show what is wrong at the fields of `form`: name -> text; all else is well. */
export function showFaults(form, faults) {
  for (const note of form.querySelectorAll("[data-error-for]")) {
    const name = note.dataset.errorFor;
    const text = faults[name] ?? "";
    if (note.textContent !== text) note.textContent = text;
    const field = name && form.elements.namedItem(name);
    if (!(field instanceof Element)) continue; // none, or several of one name
    if (text) {
      field.setAttribute("aria-invalid", "true");
      note.id ||= `wrong-${name}-${(ids += 1)}`;
      describe(field, note.id, true);
      field.closest("details")?.setAttribute("open", "");
    } else if (field.hasAttribute("aria-invalid")) {
      field.removeAttribute("aria-invalid");
      describe(field, note.id, false);
    }
  }
}

let ids = 0;

function describe(field, id, isThere) {
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
  const all = isThere ? [...others, id] : others;
  if (all.length > 0) field.setAttribute("aria-describedby", all.join(" "));
  else field.removeAttribute("aria-describedby");
}

const MOST_FAULTS = 8; // asked for in one round; who has more has them a moment later

/**
 * All that the server would refuse of `asked`. It names one field at a time: so it is asked again
 * without that one.
 * @param {(asked: object) => Promise<object>} call checks, and changes nothing
 * @param {(asked: object, name: string) => object} without
 * @returns {Promise<{faults: Record<string, string>, answer: object | null}>} `answer` to what is left
 */
export async function findFaults(form, asked, call, without) {
  const faults = {};
  let rest = asked;
  for (let tried = 0; tried <= MOST_FAULTS && Object.keys(rest).length > 0; tried += 1) {
    try {
      return { faults, answer: await call(rest) };
    } catch (error) {
      if (![400, 409, 422].includes(error.status)) throw error;
      const named = namedIn(form, error);
      if (!named || named.name in faults) return { faults: { ...faultsOf(form, error), ...faults }, answer: null };
      faults[named.name] = named.text;
      rest = without(rest, named.name);
    }
  }
  return { faults, answer: null };
}

/** What went wrong, as `showFaults` wants it. */
export function faultsOf(form, error) {
  const named = namedIn(form, error);
  return named ? { [named.name]: named.text } : { "": sentence(error) };
}

/** As `submit` (panel-forms.js), but what went wrong is for the caller to show; null: nothing did. */
export async function attempt(form, work) {
  let failed = null;
  await submit(form, async () => {
    try {
      await work();
    } catch (error) {
      failed = error;
    }
  });
  if (failed && failed.status === undefined) throw failed;
  return failed;
}

/**
 * As `submit` (panel-forms.js), for forms whose faults are shown by `showFaults`.
 * @returns {Promise<boolean>} whether it worked
 */
export async function sendChecked(form, work) {
  showFaults(form, {});
  const failed = await attempt(form, work);
  if (failed === null) return true;
  showFaults(form, faultsOf(form, failed));
  form.querySelector("[aria-invalid]")?.focus();
  return false;
}

export const NOT_ASKED = "Not checked yet: the server cannot be reached. What you typed stays here.";

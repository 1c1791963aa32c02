// Signing in: by an API key, or by the code of a one-time link (`waitroom panel`), which stands in
// the fragment, so that no server and no log sees it, and is taken out of the address at once.

import { session } from "./panel-api.js";
import { say, sentence, submit } from "./panel-forms.js";

const LINK = /^#login=([\w.-]{1,256})$/;

/** The code in the address, which is clean from then on; null if there is none. */
export function takeCode() {
  const [, code] = LINK.exec(location.hash) ?? [];
  if (location.hash.startsWith("#login")) history.replaceState(null, "", location.pathname);
  return code ?? null;
}

/** Binds the page `part.login`; `entered(who)` is called when somebody has signed in. */
export class Login {
  #part;
  #entered;

  constructor(part, entered) {
    this.#part = part;
    this.#entered = entered;
    part.loginForm.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#byKey(part.loginForm.elements.key);
    });
  }

  /** Sign in by the code of a link, or go on with the session there is, or ask for the key. */
  async begin(code) {
    if (code !== null && (await this.#byLink(code))) return;
    try {
      this.#enter(await session.read());
    } catch (error) {
      this.ask("", error.status === 401 ? "" : sentence(error));
    }
  }

  /** Show the form: with a note on why, or with what went wrong. */
  ask(note = "", wrong = "") {
    const { login, loginNote, loginError, loginForm } = this.#part;
    login.hidden = false;
    if (note) say(loginNote, note);
    loginNote.hidden = loginNote.textContent === "";
    say(loginError, wrong);
    loginForm.elements.key.focus();
  }

  async #byLink(code) {
    try {
      this.#enter(await session.openByLink(code));
      return true;
    } catch (error) {
      const why = error.status === 0 ? sentence(error) : "This link does not sign in any more.";
      say(this.#part.loginNote, `${why} Links are good once, for five minutes.`);
      return false;
    }
  }

  async #byKey(key) {
    let who = null;
    await submit(this.#part.loginForm, async () => {
      who = await session.open(key.value.trim());
    });
    if (who === null) return key.select();
    key.value = "";
    this.#enter(who);
  }

  #enter(who) {
    this.#part.login.hidden = true;
    say(this.#part.loginNote, "");
    this.#entered(who);
  }
}

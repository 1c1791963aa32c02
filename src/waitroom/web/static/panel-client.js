// One OpenID Connect client of an event: where it may be sent back to, another secret, removing it.

import { clients } from "./panel-api.js";
import { ask, showOnce } from "./panel-ask.js";
import { sendChecked, showFaults } from "./panel-checking.js";
import { Draft } from "./panel-draft.js";
import { fieldsOf, reading } from "./panel-fields.js";
import { confirmTyped, copyOf, partsOf, say } from "./panel-forms.js";

export class Client {
  #eventId;
  #id;
  #part;
  #draft;
  #took;

  /** `took()`: look at the event anew. */
  constructor(eventId, client, took) {
    this.node = copyOf("client-row");
    this.#part = partsOf(this.node);
    this.#eventId = eventId;
    this.#id = client.client_id;
    this.#took = took;
    this.#draft = new Draft(fieldsOf(this.#part.form), client);
    say(this.#part.id, client.client_id);
    say(this.#part.kind, client.public ? "public: has no secret, uses PKCE" : "has a secret");
    this.#part.rotate.hidden = client.public;
    this.#bind();
    this.#show();
  }

  get dirty() {
    return this.#draft.touched.length > 0;
  }

  update(client) {
    this.#draft.merge(client);
    for (const name of this.#draft.conflicts.keys()) this.#draft.keepMine(name);
    this.#show();
  }

  #bind() {
    const { form, drop, rotate, remove } = this.#part;
    form.addEventListener("input", () => {
      say(this.#part.result, "");
      this.#show();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
    drop.addEventListener("click", () => {
      this.#draft.drop();
      showFaults(form, {});
      this.#show();
    });
    rotate.addEventListener("click", () => this.#rotate());
    remove.addEventListener("click", () => this.#remove());
  }

  async #save() {
    const sent = this.#draft.changes;
    const saved = await sendChecked(this.#part.form, async () => {
      this.#draft.settle(sent, await clients.change(this.#eventId, this.#id, sent));
      await this.#took();
    });
    this.#show();
    if (saved && !this.dirty) say(this.#part.result, "Saved.");
  }

  #show() {
    this.#part.save.disabled = this.#part.drop.disabled = !this.dirty;
    say(this.#part.reading, reading(this.#draft.read("state_lifetime"), "(for ever)"));
    if (this.dirty) say(this.#part.result, "Not saved yet.");
    else if (this.#part.result.textContent === "Not saved yet.") say(this.#part.result, "");
  }

  #rotate() {
    const text = "The present one ends at once: whatever uses it has to be given the new one.";
    const title = `Another secret for ${this.#id}?`;
    ask({ title, text, action: "Make another secret", grave: true }, async () => {
      const made = await clients.newSecret(this.#eventId, this.#id);
      const secrets = [["Client secret", made.client_secret]];
      showOnce(this.#part.made, `The new secret of ${this.#id}`, secrets);
    });
  }

  #remove() {
    confirmTyped(
      {
        title: `Remove the client ${this.#id}?`,
        text: "Its secret is good for nothing from then on, and visitors it sends are shown an error.",
        action: "Remove the client",
        word: this.#id,
      },
      async () => {
        await clients.remove(this.#eventId, this.#id);
        await this.#took();
      },
    );
  }
}

// API keys: which there are, making one (its secret is shown once), revoking one. Revoking the key
// one is signed in with wants its ID typed.

import { keys, session } from "./panel-api.js";
import { ask, showOnce } from "./panel-ask.js";
import { showFaults } from "./panel-checking.js";
import { confirmTyped, partsOf, say, sentence, submit } from "./panel-forms.js";
import { dateTime } from "./panel-format.js";

const LINK = "link-"; // of the IDs that one-time links leave behind

/** Binds the section. */
export function mountKeys(root, at) {
  const part = partsOf(root);
  const form = part.create;
  let own = "";

  async function look() {
    try {
      own ||= (await session.read()).key_id;
      show(await keys.all());
      part.fault.hidden = true;
    } catch (error) {
      part.fault.hidden = false;
      say(part.fault, sentence(error));
    }
  }

  function show(all) {
    const good = all.filter((key) => key.revoked_at === null);
    const old = all.filter((key) => key.revoked_at !== null);
    part.rows.replaceChildren(...good.map((key) => row(key, revoker(key))));
    part.oldRows.replaceChildren(...old.map((key) => row(key, dateTime(key.revoked_at))));
    part.old.hidden = old.length === 0;
    say(part.oldCount, `Revoked (${old.length})`);
  }

  function row(key, last) {
    const tr = document.createElement("tr");
    const name = Object.assign(document.createElement("th"), { scope: "row" });
    name.append(key.key_id.startsWith(LINK) ? "One-time link" : key.name || "No name");
    if (key.key_id === own) name.append(" ", small("you are signed in with it"));
    if (key.sigv4) name.append(" ", small("signs requests"));
    const id = document.createElement("td");
    id.append(Object.assign(document.createElement("code"), { textContent: key.key_id }));
    const rest = [key.scopes.join(", "), dateTime(key.created_at), last].map((content) => {
      const td = document.createElement("td");
      td.append(content);
      return td;
    });
    tr.append(name, id, ...rest);
    return tr;
  }

  function revoker(key) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "danger", textContent: "Revoke…" });
    button.setAttribute("aria-label", `Revoke ${key.name || key.key_id}…`);
    button.addEventListener("click", () => (key.key_id === own ? revokeOwn(key) : revoke(key)));
    return button;
  }

  async function end(key) {
    await keys.revoke(key.key_id);
    say(part.told, `The key ${key.name || key.key_id} is revoked.`);
    await look();
  }

  function revoke(key) {
    const named = key.name ? `“${key.name}” (${key.key_id})` : key.key_id;
    const text = `Whatever uses ${named} is refused from then on. This cannot be undone.`;
    ask({ title: "Revoke this key?", text, action: "Revoke", grave: true }, () => end(key));
  }

  function revokeOwn(key) {
    confirmTyped(
      {
        title: "Revoke your own key?",
        text: "You are signed in with it: this session and all others of this key end. Have another one at hand.",
        action: "Revoke my key",
        word: key.key_id,
      },
      () => end(key),
    );
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const scopes = Array.from(form.querySelectorAll("[name=scopes]:checked"), ({ value }) => value);
    if (scopes.length === 0) return say(form.querySelector("[data-error-for=scopes]"), "Wanted one or more.");
    const [name, sigv4] = [form.elements.name.value.trim(), form.elements.sigv4.checked];
    submit(form, async () => {
      const made = await keys.create({ name, scopes, sigv4 });
      form.reset();
      showOnce(part.made, `The key ${name || made.key_id}`, secretsOf(made));
      await look();
    });
  });
  form.addEventListener("input", () => showFaults(form, {}));

  return {
    show: (visible) => visible && look(),
    get dirty() {
      return form.elements.name.value !== "";
    },
  };
}

const small = (text) => Object.assign(document.createElement("small"), { textContent: text });

const secretsOf = (made) =>
  made.key
    ? [["API key", made.key]]
    : [
        ["Access key ID", made.access_key_id],
        ["Secret access key", made.secret_access_key],
      ];

// The OpenID Connect clients of an event: adding one (its secret is shown once), another secret, where
// it may be sent back to, removing it.

import { clients, events } from "./panel-api.js";
import { ask, showOnce } from "./panel-ask.js";
import { faultsOf, showFaults } from "./panel-checking.js";
import { confirmTyped, copyOf, partsOf, say, submit } from "./panel-forms.js";
import { reading } from "./panel-fields.js";

const lines = (text) => text.split(/\s+/).filter(Boolean);
const seconds = (text) => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : text.trim() === "" ? 0 : text.trim());

/** Binds the section. */
export function mountClients(root, at) {
  const part = partsOf(root);
  const forms = new Map(); // client ID -> its row
  const { add } = part;

  async function took() {
    at.changed(await events.one(at.eventId));
  }

  function show(event) {
    const ids = event.oidc_clients.map((one) => one.client_id);
    for (const [id, row] of forms) {
      if (ids.includes(id)) continue;
      row.node.remove();
      forms.delete(id);
    }
    for (const client of event.oidc_clients) {
      if (!forms.has(client.client_id)) forms.set(client.client_id, rowOf(client));
      forms.get(client.client_id).update(client);
    }
    part.none.hidden = ids.length > 0;
  }

  function rowOf(client) {
    const node = part.clients.appendChild(copyOf("client-row"));
    const row = partsOf(node);
    const id = client.client_id;
    let known = null;
    const { redirect_uris: uris, post_logout_redirect_uris: after, state_lifetime: state } = row.form.elements;
    const write = (it) => {
      known = it;
      uris.value = it.redirect_uris.join("\n");
      after.value = it.post_logout_redirect_uris.join("\n");
      state.value = String(it.state_lifetime);
      typed();
    };
    const read = () => ({
      redirect_uris: lines(uris.value),
      post_logout_redirect_uris: lines(after.value),
      state_lifetime: seconds(state.value),
    });
    const isDirty = () => Object.entries(read()).some(([name, value]) => JSON.stringify(value) !== JSON.stringify(known[name]));
    const typed = () => {
      row.save.disabled = row.drop.disabled = !isDirty();
      say(row.reading, reading(read().state_lifetime, "(for ever)"));
    };
    say(row.id, id);
    say(row.kind, client.public ? "public: has no secret, uses PKCE" : "has a secret");
    row.rotate.hidden = client.public;
    row.form.addEventListener("input", () => {
      typed();
      say(row.result, isDirty() ? "Not saved yet." : "");
    });
    row.drop.addEventListener("click", () => {
      write(known);
      showFaults(row.form, {});
      say(row.result, "");
    });
    row.form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await send(row.form, () => clients.change(at.eventId, id, read()).then(write))) {
        say(row.result, "Saved.");
        await took();
      }
      typed();
    });
    row.rotate.addEventListener("click", () =>
      ask(
        { title: `Another secret for ${id}?`, text: "The present one ends at once: whatever uses it has to be given the new one.", action: "Make another secret", grave: true },
        async () => {
          const made = await clients.newSecret(at.eventId, id);
          showOnce(row.made, `The new secret of ${id}`, [["Client secret", made.client_secret]]);
        },
      ),
    );
    row.remove.addEventListener("click", () =>
      confirmTyped(
        { title: `Remove the client ${id}?`, text: "Its secret is good for nothing from then on, and visitors it sends are shown an error.", action: "Remove the client", word: id },
        async () => {
          await clients.remove(at.eventId, id);
          await took();
        },
      ),
    );
    write(client);
    return {
      node,
      update: (now) => !isDirty() && write(now),
      get dirty() {
        return isDirty();
      },
    };
  }

  add.addEventListener("submit", (event) => {
    event.preventDefault();
    const { client_id: id, redirect_uris: uris, state_lifetime: state } = add.elements;
    const wanted = {
      client_id: id.value.trim(),
      redirect_uris: lines(uris.value),
      state_lifetime: seconds(state.value),
      public: add.elements.public.checked,
    };
    send(add, async () => {
      const made = await clients.add(at.eventId, wanted);
      add.reset();
      part.addMore.open = false;
      if (made.client_secret) {
        showOnce(part.made, `The client ${made.client_id}`, [["Client ID", made.client_id], ["Client secret", made.client_secret]]);
      }
      await took();
    });
  });

  show(at.event);
  return {
    update: show,
    get dirty() {
      return add.elements.client_id.value !== "" || [...forms.values()].some((row) => row.dirty);
    },
  };
}

/** As `submit`, with the server's word at the field it is about. */
async function send(form, work) {
  let failed = null;
  showFaults(form, {});
  await submit(form, async () => {
    try {
      await work();
    } catch (error) {
      failed = error;
    }
  });
  if (failed === null) return true;
  if (failed.status === undefined) throw failed;
  showFaults(form, faultsOf(form, failed));
  form.querySelector("[aria-invalid]")?.focus();
  return false;
}

/** Binds the section on a Queue-it account. */
export function mountAccount(root, at) {
  const part = partsOf(root);
  const { form } = part;
  const took = async () => at.changed(await events.one(at.eventId));

  function show({ knownuser: account }) {
    part.present.hidden = account === null;
    part.none.hidden = account !== null;
    if (account) {
      say(part.customer, account.customer_id);
      say(part.event, account.queue_event_id);
    }
    say(part.set, account ? "Replace the account" : "Set the account");
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = Object.fromEntries(
      ["customer_id", "queue_event_id", "secret_key"].map((name) => [name, form.elements[name].value.trim()]),
    );
    send(form, async () => {
      await clients.setAccount(at.eventId, wanted);
      form.reset();
      await took();
      say(part.result, "Set.");
    });
  });
  part.clear.addEventListener("click", () =>
    ask(
      { title: "Forget the Queue-it account?", text: "Its connectors’ visitors find no event here any more. You need the secret key to set it again.", action: "Forget it", grave: true },
      async () => {
        await clients.clearAccount(at.eventId);
        await took();
        say(part.result, "Forgotten.");
      },
    ),
  );
  show(at.event);
  return {
    update: show,
    get dirty() {
      return form.elements.secret_key.value !== "";
    },
  };
}

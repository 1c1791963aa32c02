// The OpenID Connect clients of an event: which there are, and adding one. Its secret is shown once.

import { clients, events } from "./panel-api.js";
import { showOnce } from "./panel-ask.js";
import { sendChecked } from "./panel-checking.js";
import { Client } from "./panel-client.js";
import { Draft } from "./panel-draft.js";
import { fieldsOf } from "./panel-fields.js";
import { partsOf } from "./panel-forms.js";

const NEW = { client_id: "", redirect_uris: [], state_lifetime: 0, public: false };

/** Binds the section. */
export function mountClients(root, at) {
  const part = partsOf(root);
  const rows = new Map(); // client ID -> its row
  const draft = new Draft(fieldsOf(part.add), NEW);
  const took = async () => at.changed(await events.one(at.eventId));

  function show({ oidc_clients: all }) {
    const ids = all.map((client) => client.client_id);
    for (const [id, row] of rows) {
      if (ids.includes(id)) continue;
      row.node.remove();
      rows.delete(id);
    }
    for (const client of all) {
      if (rows.has(client.client_id)) rows.get(client.client_id).update(client);
      else rows.set(client.client_id, add(client));
    }
    part.none.hidden = ids.length > 0;
  }

  function add(client) {
    const row = new Client(at.eventId, client, took);
    part.clients.append(row.node);
    return row;
  }

  part.add.addEventListener("submit", (event) => {
    event.preventDefault();
    sendChecked(part.add, async () => {
      const made = await clients.add(at.eventId, draft.values);
      draft.drop();
      part.addMore.open = false;
      showMade(part.made, made);
      await took();
    });
  });

  show(at.event);
  return {
    update: show,
    get dirty() {
      return draft.touched.length > 0 || [...rows.values()].some((row) => row.dirty);
    },
  };
}

function showMade(place, { client_id: id, client_secret: secret }) {
  if (!secret) return;
  const secrets = [
    ["Client ID", id],
    ["Client secret", secret],
  ];
  showOnce(place, `The client ${id}`, secrets);
}

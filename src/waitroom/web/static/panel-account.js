// The Queue-it account of an event: which one, setting it, forgetting it. Its key is shown nowhere.

import { clients, events } from "./panel-api.js";
import { ask } from "./panel-ask.js";
import { sendChecked } from "./panel-checking.js";
import { Draft } from "./panel-draft.js";
import { fieldsOf } from "./panel-fields.js";
import { partsOf, say } from "./panel-forms.js";

const NEW = { customer_id: "", queue_event_id: "", secret_key: "" };

/** Binds the section. */
export function mountAccount(root, at) {
  const part = partsOf(root);
  const draft = new Draft(fieldsOf(part.form), NEW);
  const took = async () => at.changed(await events.one(at.eventId));

  function show({ knownuser: account }) {
    part.present.hidden = account === null;
    part.none.hidden = account !== null;
    say(part.customer, account?.customer_id ?? "");
    say(part.event, account?.queue_event_id ?? "");
    say(part.set, account ? "Replace the account" : "Set the account");
  }

  part.form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendChecked(part.form, async () => {
      await clients.setAccount(at.eventId, draft.values);
      draft.drop();
      await took();
      say(part.result, "Set.");
    });
  });
  part.clear.addEventListener("click", () => {
    const text = "Its connectors’ visitors find no event here any more. You need the secret key to set it again.";
    ask({ title: "Forget the Queue-it account?", text, action: "Forget it", grave: true }, async () => {
      await clients.clearAccount(at.eventId);
      await took();
      say(part.result, "Forgotten.");
    });
  });
  show(at.event);
  return {
    update: show,
    get dirty() {
      return draft.touched.length > 0;
    },
  };
}

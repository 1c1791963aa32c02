// The end of an event: starting its line anew, deleting it. Both want the event's ID typed.

import { events } from "./panel-api.js";
import { confirmTyped, partsOf, say } from "./panel-forms.js";

/** Binds the section. */
export function mountReset(root, at) {
  const part = partsOf(root);
  part.reset.addEventListener("click", () => reset(at, part.endResult));
  part.remove.addEventListener("click", () => remove(at));
}

function reset(at, result) {
  confirmTyped(
    {
      title: "Start the line anew?",
      text:
        "All counters go back to 0 and every place given so far stops counting. " +
        "Visitors in line have to join again.",
      action: "Reset the line",
      word: at.eventId,
    },
    async () => say(result, (await events.reset(at.eventId)).message),
  );
}

function remove(at) {
  confirmTyped(
    {
      title: "Delete this event?",
      text: "Its settings, counters and sessions go, and every place in its line stops counting.",
      action: "Delete the event",
      word: at.eventId,
    },
    async () => {
      await events.remove(at.eventId);
      at.removed();
    },
  );
}

// The end of an event: starting its line anew, deleting it. Both say what will be lost, and want the
// event's ID typed.

import { events } from "./panel-api.js";
import { confirmTyped, partsOf, say } from "./panel-forms.js";
import { people, whole } from "./panel-format.js";

/** Binds the section. */
export function mountReset(root, at) {
  const part = partsOf(root);
  part.reset.addEventListener("click", () => reset(at, part.endResult));
  part.remove.addEventListener("click", () => remove(at));
  return {
    live: ({ counters }) => say(part.atStake, `Lost now: ${stake(counters)}.`),
  };
}

/** What stops counting: those in line, and those on the site. */
function stake(counters) {
  const { waiting_num: waiting, active_tokens: active } = counters;
  if (waiting + active === 0) return "nothing, nobody is in line or on the site";
  const inLine = waiting === 1 ? "the place of 1 person in line" : `the places of ${people(waiting)} in line`;
  return `${inLine}, ${active === 1 ? "1 admission" : `${whole(active)} admissions`} on the site`;
}

const atStake = (at) => (at.numbers ? ` Lost now: ${stake(at.numbers.counters)}.` : "");

function reset(at, result) {
  confirmTyped(
    {
      title: "Start the line anew?",
      text:
        `All counters go back to 0 and every place given so far stops counting.${atStake(at)} ` +
        "This cannot be undone.",
      action: "Reset the line",
      word: at.eventId,
    },
    async () => {
      say(result, (await events.reset(at.eventId)).message);
      at.soon();
    },
  );
}

function remove(at) {
  confirmTyped(
    {
      title: "Delete this event?",
      text: `Its settings, looks, counters and sessions go.${atStake(at)} This cannot be undone.`,
      action: "Delete the event",
      word: at.eventId,
    },
    async () => {
      await events.remove(at.eventId);
      at.removed();
    },
  );
}

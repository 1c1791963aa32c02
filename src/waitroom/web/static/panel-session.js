// Looking a visitor up by their request ID. It is a secret: it goes in the body of a request, and
// stays in the field and nowhere else.

import { events } from "./panel-api.js";
import { partsOf, say, sentence, submit } from "./panel-forms.js";
import { dateTime, span, whole } from "./panel-format.js";
import { sessionWord } from "./panel-words.js";

/** Binds the section. */
export function mountSession(root, at) {
  const part = partsOf(root);
  const form = part.lookup;
  let looked = ""; // the request ID of what is shown

  async function look() {
    const id = form.elements.request_id.value.trim();
    let found = null;
    say(part.ended, "");
    await submit(form, async () => {
      found = await events.session(at.eventId, id);
    });
    looked = found ? id : "";
    part.found.hidden = found === null;
    part.endings.hidden = found?.state !== "active";
    if (found) show(part, found, at.numbers?.now ?? Math.floor(Date.now() / 1000));
  }

  form.addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    look();
  });
  part.endings.addEventListener("click", async ({ target }) => {
    const status = Number(target.closest("button")?.dataset.status);
    if (!status || part.endings.ariaBusy === "true") return;
    part.endings.ariaBusy = "true";
    try {
      await events.endSession(at.eventId, looked, status);
      await look();
      at.soon();
    } catch (error) {
      say(part.ended, sentence(error));
    } finally {
      part.endings.ariaBusy = "false";
    }
  });
}

function show(part, found, now) {
  say(part.foundState, `Number ${whole(found.position)}: ${sessionWord(found.state)}.`);
  const admission = found.expires_at > now ? "Admission ends" : "Admission ended";
  const facts = [
    ["Joined", found.entry_time],
    ["Called", found.called_at],
    ["Let in", found.issued_at],
    [found.issued_at ? admission : "Place kept until", found.expires_at],
  ].filter(([, time]) => time);
  part.facts.replaceChildren(...facts.flatMap(([name, time]) => fact(name, time, now)));
}

function fact(name, time, now) {
  const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
  dt.textContent = name;
  const away = time > now ? `in ${span(time - now)}` : `${span(now - time)} ago`;
  dd.textContent = `${dateTime(time)} (${away})`;
  return [dt, dd];
}

// The message that everybody in line reads: typed in Markdown, sent, and shown as visitors see it.
// What is shown is the server's HTML, which it has cleaned (docs/theming.md).

import { events } from "./panel-api.js";
import { partsOf, say, submit } from "./panel-forms.js";

/** Binds the section. */
export function mountMessage(root, at) {
  const part = partsOf(root);
  const form = part.messageForm;
  const field = form.elements.message;
  let saved = at.event.message;
  field.value = saved;

  const isDirty = () => field.value !== saved;
  const showDirty = () => {
    part.send.disabled = part.keep.disabled = !isDirty();
    if (isDirty()) say(part.result, "Not sent yet.");
  };
  form.addEventListener("input", showDirty);
  part.keep.addEventListener("click", () => {
    field.value = saved;
    say(part.result, "");
    showDirty();
  });
  form.addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    const message = field.value;
    const sent = await submit(form, async () => {
      at.changed(await events.change(at.eventId, { message }));
    });
    if (sent && !isDirty()) say(part.result, message ? "Sent. Visitors see it within a poll." : "Taken away.");
    showDirty();
  });
  showDirty();

  return {
    update(event) {
      const touched = isDirty();
      saved = event.message;
      if (!touched) field.value = saved;
      showDirty();
    },
    live({ status }) {
      const html = status.message_html ?? "";
      if (part.seen.dataset.html === html) return;
      part.seen.dataset.html = html;
      part.seen.innerHTML = html;
      part.seen.classList.toggle("none", html === "");
      if (html === "") part.seen.textContent = "No message.";
    },
    get dirty() {
      return isDirty();
    },
  };
}

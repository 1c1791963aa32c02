// The message that everybody in line reads: typed in Markdown, sent, and shown as visitors see it.
// What is shown is the server's HTML, which it has cleaned (docs/theming.md).

import { events } from "./panel-api.js";
import { partsOf, say, submit } from "./panel-forms.js";

const LAG_MS = 3_000; // longer than the server may show an old message

/** Binds the section. */
export function mountMessage(root, at) {
  const part = partsOf(root);
  const form = part.messageForm;
  const field = form.elements.message;
  let saved = at.event.message;
  let sentAt = -Infinity;
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
      const event = await events.change(at.eventId, { message });
      sentAt = performance.now();
      at.changed(event);
    });
    if (sent && !isDirty()) say(part.result, message ? "Sent. Visitors see it within a poll." : "Taken away.");
    showDirty();
  });
  showDirty();

  /** Take over the message that is set now; what is being typed stays. */
  function take(message) {
    if (message === saved) return;
    const touched = isDirty();
    saved = message;
    if (!touched) field.value = saved;
    showDirty();
  }

  return {
    update: (event) => take(event.message),
    live({ status }) {
      const settled = performance.now() - sentAt > LAG_MS;
      if (settled) take(status.message);
      if (settled || status.message === saved) showSeen(part.seen, status.message_html ?? "");
    },
    get dirty() {
      return isDirty();
    },
  };
}

function showSeen(node, html) {
  if (node.dataset.html === html) return;
  node.dataset.html = html;
  node.innerHTML = html;
  node.classList.toggle("none", html === "");
  if (html === "") node.textContent = "No message.";
}

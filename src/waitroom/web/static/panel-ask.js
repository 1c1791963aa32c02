// Asking before something is done, where a typed word would be too much; and showing a secret once.

import { copyButton } from "./panel-copy.js";
import { clearErrors, copyOf, partsOf, say, sayList, submit } from "./panel-forms.js";

/**
 * Ask, with what would happen line by line. `work` runs in the open dialog, so that a refusal is
 * shown there.
 * @param {{title: string, text?: string, lines?: string[], action: string, grave?: boolean}} question
 */
export function ask({ title, text = "", lines = [], action, grave = false }, work) {
  const dialog = document.getElementById("ask");
  const form = dialog.querySelector("form");
  const part = partsOf(dialog);
  say(part.title, title);
  say(part.text, text);
  part.text.hidden = text === "";
  sayList(part.lines, lines);
  say(part.action, action);
  part.action.className = grave ? "danger strong" : "primary";
  clearErrors(form);
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (await submit(form, work)) dialog.close();
  };
  part.cancel.onclick = () => dialog.close();
  dialog.showModal();
}

/** Put a box with secrets ([name, value] each) into `place`, and the focus there. */
export function showOnce(place, title, secrets) {
  const box = copyOf("shown-once");
  const part = partsOf(box);
  say(part.title, title);
  box.setAttribute("aria-label", title);
  part.secrets.append(...secrets.flatMap(([name, value]) => secret(name, value)));
  part.done.addEventListener("click", () => box.remove());
  place.replaceChildren(box);
  box.focus();
}

function secret(name, value) {
  const dt = Object.assign(document.createElement("dt"), { textContent: name });
  const dd = document.createElement("dd");
  const code = Object.assign(document.createElement("code"), { textContent: value });
  dd.append(code, copyButton(code, name));
  return [dt, dd];
}

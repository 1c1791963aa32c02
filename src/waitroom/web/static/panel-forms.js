// Forms and dialogs of the panel: reading fields, showing the server's word at the field it is
// about, one submission at a time, confirmation by typing.

/** The parts of `root` by their `data-part` name. */
export function partsOf(root) {
  const found = root.querySelectorAll("[data-part]");
  return Object.fromEntries(Array.from(found, (node) => [node.dataset.part, node]));
}

/** Set a text where it differs. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const SVG = "http://www.w3.org/2000/svg";

/** One of the panel's shapes (templates/panel/icons.html). */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(SVG, "use"));
  svg.firstChild.setAttribute("href", `#i-${name}`);
  return svg;
}

/** Make `node` a badge: shape and colour of `kind` (good, warn, bad, wait or a state), and a word. */
export function badge(node, kind, word) {
  if (node.dataset.kind === kind && node.textContent === word) return;
  node.dataset.kind = kind;
  node.replaceChildren(icon(kind), word);
}

/** The rows of a list as texts, each in an `li`; the list is hidden while it is empty. */
export function sayList(list, texts) {
  list.hidden = texts.length === 0;
  while (list.children.length > texts.length) list.lastElementChild.remove();
  texts.forEach((text, index) => {
    const row = list.children[index] ?? list.appendChild(document.createElement("li"));
    say(row, text);
  });
}

/** A copy of what is in the template `id`: its first element. */
export function copyOf(id) {
  return document.getElementById(id).content.cloneNode(true).firstElementChild;
}

/** The sentence to show for a failed call. */
export function sentence(error) {
  if (error.code === "forbidden") return `Not allowed. ${error.message}`;
  if (error.status === 0) return `${error.message} Nothing is known about whether it arrived.`;
  return error.message;
}

/**
 * Run `work` with the form's buttons shut; show what went wrong where it belongs.
 * @returns {Promise<boolean>} whether it worked
 */
export async function submit(form, work) {
  if (form.ariaBusy === "true") return false;
  clearErrors(form);
  form.ariaBusy = "true";
  const buttons = Array.from(form.querySelectorAll("button"), (node) => [node, node.disabled]);
  for (const [node] of buttons) node.disabled = true;
  try {
    await work();
    return true;
  } catch (error) {
    if (error.status === undefined) throw error;
    showError(form, error);
    return false;
  } finally {
    form.ariaBusy = "false";
    for (const [node, disabled] of buttons) node.disabled = disabled;
  }
}

/** Put the server's sentence at the field it names ("field: wanted ..."), or under the form. */
function showError(form, error) {
  const [, name, wanted] = /^(?:inlet\.)?([a-z_]+): (.+)$/s.exec(error.message) ?? [];
  const named = error.code === "event_exists" ? "event_id" : name;
  const field = named && form.elements.namedItem(named);
  if (!field) {
    form.querySelector("[data-error-for='']").textContent = sentence(error);
    return;
  }
  mark(form, field, wanted ?? error.message);
  field.closest("details")?.setAttribute("open", "");
  field.focus();
}

function mark(form, field, text) {
  const note = form.querySelector(`[data-error-for="${field.name}"]`);
  note.id ||= `error-${onceId()}`;
  note.textContent = text;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", note.id);
}

let ids = 0;
const onceId = () => (ids += 1);

/** Take back all errors shown in `form`. */
export function clearErrors(form) {
  for (const note of form.querySelectorAll("[data-error-for]")) note.textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

/**
 * Ask for something that cannot be undone: `word` must be typed. `work` runs in the open dialog, so
 * that a refusal is shown there.
 */
export function confirmTyped({ title, text, action, word }, work) {
  const dialog = document.getElementById("confirm");
  const form = dialog.querySelector("form");
  const part = partsOf(dialog);
  say(part.title, title);
  say(part.text, text);
  say(part.action, action);
  say(part.word, word);
  form.reset();
  clearErrors(form);
  part.action.disabled = true;
  form.elements.word.oninput = () => (part.action.disabled = form.elements.word.value !== word);
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (form.elements.word.value !== word) return;
    if (await submit(form, work)) dialog.close();
  };
  part.cancel.onclick = () => dialog.close();
  dialog.showModal();
}

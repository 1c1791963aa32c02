// A button that copies the text of a node, and says that it did.

const SAID_MS = 2_000;

/** `what`: a name for a screen reader, as in "Copy the key". */
export function copyButton(node, what) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "copy", textContent: "Copy" });
  button.setAttribute("aria-label", `Copy ${what}`);
  const said = Object.assign(document.createElement("span"), { className: "unseen" });
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    const done = await copied(node);
    button.textContent = done ? "Copied" : "Select it";
    said.textContent = done ? `${what}: copied.` : "It could not be copied; it is selected.";
    setTimeout(() => {
      button.textContent = "Copy";
      said.textContent = "";
    }, SAID_MS);
  });
  const both = document.createElement("span");
  both.className = "copying";
  both.append(button, said);
  return both;
}

/** The clipboard wants a secure context; without one the old way may do, or at least selects it. */
async function copied(node) {
  try {
    await navigator.clipboard.writeText(node.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(node);
    return document.execCommand("copy");
  }
}

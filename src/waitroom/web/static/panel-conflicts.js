// Fields that were edited here and by somebody else meanwhile: said at the field, with both ways
// out. The arithmetic is panel-draft.js's.

import { noteFor } from "./panel-checking.js";

/**
 * Show the conflicts of `draft` at the fields of `form`.
 * @param {(name: string, value: unknown) => string} told a value in words
 * @param {() => void} decided called when the operator has chosen
 */
export function showConflicts(form, draft, told, decided) {
  const { conflicts } = draft;
  for (const box of form.querySelectorAll("[data-conflict]")) {
    if (!conflicts.has(box.dataset.conflict)) box.remove();
  }
  for (const [name, theirs] of conflicts) {
    const text = `Somebody else set this to ${told(name, theirs)} meanwhile.`;
    const box = form.querySelector(`[data-conflict="${name}"]`) ?? boxAt(form, draft, name, decided);
    if (box.firstChild.textContent !== text) box.firstChild.textContent = text;
  }
}

function boxAt(form, draft, name, decided) {
  const box = document.createElement("div");
  box.className = "notice conflict";
  box.dataset.mood = "warn";
  box.dataset.conflict = name;
  const text = document.createElement("p");
  text.setAttribute("role", "status");
  const choose = (label, does) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    button.addEventListener("click", () => {
      does();
      form.elements.namedItem(name)?.focus();
      decided();
    });
    return button;
  };
  box.append(
    text,
    choose("Keep mine", () => draft.keepMine(name)),
    choose("Take theirs", () => draft.takeTheirs(name)),
  );
  noteFor(form, name).after(box);
  return box;
}

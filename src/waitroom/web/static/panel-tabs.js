// Tabs as the ARIA Authoring Practices have them: one stop for the Tab key, arrows, Home and End go
// from one to the next, and a tab is opened as it is reached.

/** Fills `list` with `tabs` ([{name, label}]), each of which shows its panel; `picked(name)`. */
export class Tabs {
  #list;
  #buttons = new Map();
  #panels = new Map();
  #picked;

  constructor(list, panels, tabs, prefix, picked) {
    this.#list = list;
    this.#picked = picked;
    for (const { name, label } of tabs) this.#add(panels, name, label, `${prefix}-${name}`);
    list.addEventListener("keydown", (event) => this.#key(event));
  }

  get names() {
    return [...this.#buttons.keys()];
  }

  panel(name) {
    return this.#panels.get(name);
  }

  /** Open `name`, without telling `picked`. */
  open(name) {
    for (const [other, button] of this.#buttons) {
      const chosen = other === name;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      this.#panels.get(other).hidden = !chosen;
    }
    this.#reveal(this.#buttons.get(name));
  }

  /** On a narrow screen the list scrolls: the open tab is to be seen, and the page stays. */
  #reveal(button) {
    const [tab, list] = [button.getBoundingClientRect(), this.#list.getBoundingClientRect()];
    if (tab.right > list.right) this.#list.scrollLeft += tab.right - list.right;
    if (tab.left < list.left) this.#list.scrollLeft -= list.left - tab.left;
  }

  #add(place, name, label, id) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", id: `tab-${id}`, textContent: label });
    button.setAttribute("role", "tab");
    button.setAttribute("aria-controls", `panel-${id}`);
    button.addEventListener("click", () => this.#picked(name));
    const panel = document.createElement("div");
    Object.assign(panel, { id: `panel-${id}`, hidden: true, className: `tab-${name}` });
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", button.id);
    this.#buttons.set(name, button);
    this.#panels.set(name, panel);
    this.#list.append(button);
    place.append(panel);
  }

  #key(event) {
    const names = this.names;
    const at = names.findIndex((name) => this.#buttons.get(name) === document.activeElement);
    const to = {
      ArrowRight: (at + 1) % names.length,
      ArrowLeft: (at - 1 + names.length) % names.length,
      Home: 0,
      End: names.length - 1,
    }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    this.#picked(names[to]);
    this.#buttons.get(names[to]).focus();
    this.#buttons.get(names[to]).scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

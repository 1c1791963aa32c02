// The frames in which a theme is seen before it is saved: a phone and a desktop, to scale. What they
// show goes to preview.js by messages; there is nothing secret in it.

const PAGE = "/preview";
const SIZES = { desktop: [1280, 800], phone: [390, 780] };

export class PreviewFrames {
  #frames;
  #shown = null; // what they were told last
  #ready = new Set();
  #isOpen = false;

  constructor(root) {
    this.#frames = Array.from(root.querySelectorAll(".frame"), (box) => {
      const name = box.classList.contains("phone") ? "phone" : "desktop";
      return { screen: box.firstElementChild, frame: box.querySelector("iframe"), size: SIZES[name] };
    });
    window.addEventListener("message", (event) => this.#heard(event));
    const fit = new ResizeObserver(() => this.#fit());
    for (const { screen } of this.#frames) fit.observe(screen);
  }

  /** Load the frames, once. */
  open() {
    if (this.#isOpen) return;
    this.#isOpen = true;
    for (const { frame } of this.#frames) frame.src = PAGE;
    this.#fit();
  }

  /** Show this: the theme, its stylesheet, the event, the scheme and the scene. */
  show(told) {
    this.#shown = told;
    for (const frame of this.#ready) frame.contentWindow.postMessage(told, "*");
  }

  #heard({ source, data }) {
    const found = this.#frames.find(({ frame }) => frame.contentWindow === source);
    if (!found || data !== "ready") return;
    this.#ready.add(found.frame);
    if (this.#shown) found.frame.contentWindow.postMessage(this.#shown, "*");
  }

  #fit() {
    for (const { screen, frame, size } of this.#frames) {
      const scale = screen.clientWidth / size[0];
      if (scale > 0) frame.style.setProperty("--scale", String(scale));
    }
  }
}

// Whether what is shown is live: said at the top of the page, and over stale values. A live region
// speaks when it is lost and when it is back; the age beside it is for eyes alone.

import { icon, say } from "./panel-forms.js";
import { span } from "./panel-format.js";

const KINDS = {
  wait: { icon: "wait", text: "Connecting…" },
  live: { icon: "good", text: "Live" },
  poll: { icon: "good", text: "Live, every 2 s" },
  lost: { icon: "warn", text: "Not live" },
};
const STALE_MS = 4_000;

/** Binds the marks in `part`; `feed` knows how old the values are. */
export class LinkState {
  #part;
  #feed;
  #timer = 0;

  constructor(part, feed) {
    this.#part = part;
    this.#feed = feed;
  }

  show(kind, why = "") {
    const { link, linkIcon, linkText, lost, lostText } = this.#part;
    if (link.dataset.link !== kind || !linkIcon.firstChild) {
      link.dataset.link = kind;
      linkIcon.replaceChildren(icon(KINDS[kind].icon));
      say(linkText, KINDS[kind].text);
    }
    const isLost = kind === "lost";
    lost.hidden = !isLost;
    const what = (why || "Connection lost.").replace(/\.?$/, ".");
    say(lostText, isLost ? `${what} Trying again; what you type is kept.` : "");
    clearInterval(this.#timer);
    if (isLost) this.#timer = setInterval(() => this.#grow(), 1_000);
    this.#grow();
  }

  #grow() {
    const { link, lostAge } = this.#part;
    const stale = link.dataset.link === "lost";
    const isOld = stale && this.#feed.age > STALE_MS;
    document.body.toggleAttribute("data-stale", isOld);
    say(lostAge, isOld ? `The numbers are ${span(this.#feed.age / 1000)} old.` : "");
  }
}

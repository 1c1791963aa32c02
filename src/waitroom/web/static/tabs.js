// The tabs of one browser: one of them leads, asks the server and tells the others.
// What belongs here: who leads (Web Locks) and passing on what the leader knows (BroadcastChannel).
// What is passed on is waitroom.js's business.
//
// The tab that was shown last leads: it is the one that browsers let run at full speed, and the one
// that should go on to the site. So a tab takes the lead when it is shown, when it is visible and
// hears that the leader is not, and when the leader says nothing for too long (a browser may have
// frozen it). When the leader is closed, the next one in the lock's queue leads at once.
//
// Web Locks need a secure context (https, or this machine); where there are none, each tab leads.

const GRACE_MS = [12_000, 15_000]; // longer than a call may take; not the same in all tabs

export class Tabs {
  #name;
  #on;
  #channel = null;
  #alone = true;
  #wish = null; // our latest request for the lead: {steal, withdraw, release}
  #overdue = 0;

  /**
   * @param {string} name of what is led
   * @param {{led: () => void, lost: () => void, heard: (state: object) => void,
   * asked: () => void}} on led, lost: the lead; heard: what the leader tells; asked: a new tab wants
   * to be told
   */
  constructor(name, on) {
    this.#name = name;
    this.#on = on;
  }

  get leads() {
    return this.#alone || Boolean(this.#wish?.release);
  }

  /** Be one of the tabs from now on; `shared` false: each is on its own. */
  join(shared = true) {
    this.#channel = shared && navigator.locks ? opened(this.#name) : null;
    this.#alone = this.#channel === null;
    if (this.#alone) return this.#on.led();
    this.#channel.onmessage = ({ data }) => this.#heard(data);
    if (!document.hidden) return this.lead();
    this.#expectNews(0);
    this.#post({ kind: "asked" });
    this.#request({ steal: false });
  }

  /** Leave the lead to others, for good or until `join`. */
  part() {
    clearTimeout(this.#overdue);
    this.#channel?.close();
    this.#channel = null;
    this.#withdraw();
    this.#alone = false;
  }

  /** Take the lead, from whoever has it. */
  lead() {
    if (this.leads || !this.#channel || this.#wish?.steal) return;
    this.#withdraw();
    this.#request({ steal: true });
  }

  /** Tell the others; `next`: ms until there is more to tell. */
  tell(state, next) {
    if (!this.#alone && this.leads) this.#post({ kind: "told", hidden: document.hidden, next, state });
  }

  #post(message) {
    this.#channel?.postMessage(message);
  }

  #heard({ kind, hidden, next, state }) {
    if (this.leads) return kind === "asked" && this.#on.asked();
    if (kind !== "told") return;
    this.#expectNews(next);
    this.#on.heard(state);
    if (hidden && !document.hidden) this.lead();
  }

  #expectNews(ms) {
    clearTimeout(this.#overdue);
    if (ms === null) return;
    const [least, most] = GRACE_MS;
    const late = ms + least + (most - least) * Math.random();
    this.#overdue = setTimeout(() => this.lead(), late);
  }

  #request({ steal }) {
    const limit = new AbortController();
    const wish = { steal, withdraw: () => limit.abort(), release: null };
    this.#wish = wish;
    navigator.locks
      .request(this.#name, steal ? { steal } : { signal: limit.signal }, () => this.#hold(wish))
      .catch((error) => this.#refused(error, wish));
  }

  #withdraw() {
    this.#wish?.withdraw();
    this.#wish?.release?.();
    this.#wish = null;
  }

  /** The lock is ours for as long as the promise is open. */
  #hold(wish) {
    if (wish !== this.#wish) return null;
    clearTimeout(this.#overdue);
    return new Promise((release) => {
      wish.release = release;
      this.#on.led();
    });
  }

  #refused(error, wish) {
    if (wish !== this.#wish) return;
    this.#wish = null;
    if (error.name !== "AbortError") {
      this.#alone = true; // this browser has locks, but not for this page
      return this.#on.led();
    }
    this.#on.lost(); // another tab was shown
    this.#expectNews(0);
    this.#request({ steal: false });
  }
}

function opened(name) {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}

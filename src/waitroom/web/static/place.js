// The visitor's place: kept in the browser, one for all tabs of an event. Its request ID stands in
// a cookie of this host too, where the server finds it (/enter, sign-in); where the two differ, the
// server has just given the one in the cookie.
// The request ID is a bearer secret: it goes to this host and nowhere else.

export const REQUEST_ID = /^\w{8}-\w{4}-\w{4}-\w{4}-\w{12}$/;
const SETTLE_MS = 200;
const CLAIM_MS = 15_000; // longer than a call may take, so a claim that is older is a dead tab's

/**
 * @typedef {{requestId: string, number: number, start: number}} Place
 * `number`: position in line. `start`: the serving counter when the place was given.
 */

/** Keeps the place of one event. */
export class PlaceKeeper {
  #key;
  #store;
  #cookie;
  #kept = false; // a place was stored, and not forgotten here

  /** @param {{name: string, maxAge: number} | null} cookie maxAge in seconds; null: without one */
  constructor(eventId, cookie = null) {
    this.#key = `waitroom:${eventId}`;
    this.#store = usable("localStorage") ?? usable("sessionStorage") ?? new MemoryStore();
    this.#cookie = cookie;
  }

  /**
   * Whether only this page's memory has the place: nothing else can keep it, or the site's data was
   * cleared. It is not stored again then: whoever cleared it may have meant the place, and what is
   * gone from the storage may as well be a place that another tab has just given up.
   */
  get memory() {
    const stored = !(this.#store instanceof MemoryStore) && (!this.#kept || this.read() !== null);
    return !stored && this.told() === "";
  }

  /** Whether the other tabs of this browser see the same place. */
  get shared() {
    return this.#store === usable("localStorage") || this.told() !== "";
  }

  /** The request ID in the cookie, "" if there is none. */
  told() {
    const start = `${this.#cookie?.name}=`;
    const pairs = cookies().filter((pair) => pair.startsWith(start));
    const ids = pairs.map((pair) => pair.slice(start.length)).filter((id) => REQUEST_ID.test(id));
    return ids[0] ?? "";
  }

  /** @returns {Place | null} the stored place; what does not read as one counts as none */
  read() {
    try {
      const place = JSON.parse(this.#store.getItem(this.#key) ?? "null");
      return isPlace(place) ? place : null;
    } catch {
      return null;
    }
  }

  /** Keep `place`. If the storage turns out to be full or shut, this page's memory takes over. */
  write(place) {
    this.#tell(place.requestId, this.#cookie?.maxAge ?? 0);
    this.#kept = true;
    try {
      this.#store.setItem(this.#key, JSON.stringify(place));
    } catch {
      this.#store = new MemoryStore();
      this.#store.setItem(this.#key, JSON.stringify(place));
    }
  }

  /** Forget the place of this request ID; one that another tab has got meanwhile stays. */
  forget(requestId) {
    if (this.told() === requestId) this.#tell("", 0);
    if (this.read()?.requestId !== requestId) return;
    this.#store.removeItem(this.#key);
    this.#kept = false;
  }

  #tell(requestId, maxAge) {
    if (!this.#cookie) return;
    const secure = this.#cookie.name.startsWith("__Host-") ? "; Secure" : "";
    const limits = `Path=/; Max-Age=${maxAge}; SameSite=Lax${secure}`;
    try {
      document.cookie = `${this.#cookie.name}=${requestId}; ${limits}`;
    } catch {
      // a page without cookies: the storage has the place
    }
  }

  /** Run `task` while no other tab of this browser runs one for the same event. */
  exclusive(task) {
    if (this.#store instanceof MemoryStore) return task();
    return navigator.locks ? this.#locked(task) : this.#claimed(task);
  }

  /** Call `changed(place)` when another tab has stored a place, until `signal` is aborted. */
  watch(changed, signal) {
    const heard = (event) => {
      const place = event.key === this.#key ? this.read() : null;
      if (place) changed(place);
    };
    window.addEventListener("storage", heard, { signal });
  }

  // A lock may reach the next tab before what we have stored does: browsers copy storage between
  // their processes in their own time. So the lock is held a little longer than the task takes.
  // And phones put tabs to sleep, with the lock in their hands: it is taken from such a one.
  #locked(task) {
    return new Promise((resolve, reject) => {
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), CLAIM_MS);
      const run = async () => {
        clearTimeout(timer);
        resolve(await task());
        await pause(SETTLE_MS);
      };
      const { signal } = limit;
      navigator.locks
        .request(this.#key, { signal }, run)
        .catch((error) => {
          if (!signal.aborted) throw error;
          return navigator.locks.request(this.#key, { steal: true }, run);
        })
        .catch(reject);
    });
  }

  // Web Locks need a secure context. Without one: write a claim, let others overwrite it, and go
  // ahead if it is still there.
  async #claimed(task) {
    const key = `${this.#key}:claim`;
    const mine = `${Math.random()}`;
    for (;;) {
      if (!isFresh(this.#store.getItem(key))) {
        this.#store.setItem(key, JSON.stringify({ mine, at: Date.now() }));
        await pause(60);
        if (this.#store.getItem(key)?.includes(mine)) break;
      }
      await pause(100 + 200 * Math.random());
    }
    try {
      return await task();
    } finally {
      this.#store.removeItem(key);
    }
  }
}

class MemoryStore {
  #items = new Map();

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    this.#items.set(key, value);
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

// Reading window.localStorage itself throws where the browser blocks it.
function usable(name) {
  try {
    const store = window[name];
    store.setItem("waitroom:probe", "1");
    store.removeItem("waitroom:probe");
    return store;
  } catch {
    return null;
  }
}

function cookies() {
  try {
    return document.cookie.split("; ");
  } catch {
    return [];
  }
}

function isPlace(value) {
  return (
    typeof value === "object" &&
    value !== null &&
    REQUEST_ID.test(value.requestId) &&
    Number.isSafeInteger(value.number) &&
    value.number > 0 &&
    Number.isSafeInteger(value.start)
  );
}

function isFresh(claim) {
  try {
    return Math.abs(Date.now() - JSON.parse(claim ?? "null").at) < CLAIM_MS;
  } catch {
    return false;
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

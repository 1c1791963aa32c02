// Calls a visitor who does something else meanwhile: by sound, vibration, a notification; and keeps
// the screen on. What belongs here: what the browser can do of it, asked for only when the visitor
// wants it. The tab's picture is in tab-icon.js, the buttons are in room-tools.js.

const CHIME = [
  [0, 659.26],
  [0.18, 830.61],
  [0.36, 987.77],
]; // [seconds, hertz]: three notes of a chord, going up
const CHIME_MS = 1_300;
const BUZZ_MS = [200, 120, 200, 120, 400];

/** @typedef {"sound" | "vibration" | "notification" | "screen"} Kind */

/** What this visitor wants to be called by. Nothing, until `want` is called from a press. */
export class Caller {
  #wanted = new Set();
  #audio = null;
  #lock = null;
  #worker = null;

  constructor() {
    // Browsers let go of the screen whenever a tab is hidden.
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#wanted.has("screen")) this.#keepOn().catch(() => {});
    });
  }

  /** What the browser has at all. @returns {Record<Kind, boolean>} */
  get can() {
    return {
      sound: Boolean(window.AudioContext ?? window.webkitAudioContext),
      vibration: typeof navigator.vibrate === "function",
      notification: "Notification" in window,
      screen: "wakeLock" in navigator,
    };
  }

  /** Whether anything calls. */
  get calls() {
    return this.#wanted.size > 0;
  }

  /**
   * Switch one way of calling on or off; call it from a press, as browsers want it.
   * @param {Kind} kind
   * @returns {Promise<boolean>} whether it is on now: the browser, or the visitor, may refuse
   */
  async want(kind, on) {
    this.#wanted.delete(kind);
    if (!on) return this.#letGo(kind);
    try {
      await this.#begin(kind);
      this.#wanted.add(kind);
      return true;
    } catch {
      return false;
    }
  }

  /** Sound and vibration as they will be; from a press. */
  async rehearse() {
    await Promise.all([this.#chime(), this.#buzz()]);
  }

  /**
   * Call the visitor by everything that is wanted.
   * @param {{title: string, body: string, lang: string, dir: "ltr" | "rtl"}} notice
   * @returns {Promise<void>} over when the sound is: leaving the page would cut it off
   */
  async ring(notice) {
    await Promise.all([this.#chime(), this.#buzz(), this.#notify(notice)]);
  }

  async #chime() {
    if (!this.#wanted.has("sound")) return;
    await this.#audio.resume().catch(() => {});
    for (const [after, pitch] of CHIME) note(this.#audio, after, pitch);
    await new Promise((resolve) => setTimeout(resolve, CHIME_MS));
  }

  #buzz() {
    if (this.#wanted.has("vibration")) navigator.vibrate(BUZZ_MS);
  }

  async #notify({ title, ...about }) {
    if (!this.#wanted.has("notification")) return;
    const options = { ...about, tag: "waitroom", data: location.href.split("#")[0] };
    try {
      if (this.#worker) await this.#worker.showNotification(title, options);
      else new Notification(title, options);
    } catch {
      // the page itself says it, and so does all else that is wanted
    }
  }

  /** Throws where the browser or the visitor does not allow it. */
  async #begin(kind) {
    if (kind === "sound") {
      this.#audio ??= new (window.AudioContext ?? window.webkitAudioContext)();
      await this.#audio.resume();
    } else if (kind === "notification") {
      if ((await permission()) !== "granted") throw new Error("refused");
      this.#worker = await notifier();
    } else if (kind === "screen") {
      await this.#keepOn();
    }
  }

  #letGo(kind) {
    if (kind === "screen") this.#lock?.release();
    return false;
  }

  async #keepOn() {
    this.#lock = await navigator.wakeLock.request("screen");
  }
}

function note(audio, after, pitch) {
  const begin = audio.currentTime + after;
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(0.25, begin + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.9);
  tone.connect(volume).connect(audio.destination);
  tone.start(begin);
  tone.stop(begin + 0.9);
}

/** What the visitor says to notifications. Safari tells it to a function, newer ones by a promise. */
function permission() {
  return new Promise((resolve) => {
    const told = Notification.requestPermission(resolve);
    if (told) told.then(resolve, () => resolve("denied"));
  });
}

/**
 * A worker that shows notifications; null where only pages can. On Android it is the other way
 * round: there `new Notification` throws (Notifications API, section 2.5).
 */
async function notifier() {
  if (!navigator.serviceWorker) return null;
  try {
    const url = new URL("./call-worker.js", import.meta.url);
    const registration = await navigator.serviceWorker.register(url);
    await active(registration);
    return registration;
  } catch {
    return null;
  }
}

function active({ active: now, waiting, installing }) {
  if (now) return Promise.resolve();
  const worker = installing ?? waiting;
  return new Promise((resolve, reject) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("the worker did not start"));
    });
  });
}

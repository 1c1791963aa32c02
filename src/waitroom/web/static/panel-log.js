// The audit log, the newest first: read page by page, searched as far as it was read, and undone
// from. What entries say is in panel-log-words.js.

import { events, keys, logs } from "./panel-api.js";
import { ask } from "./panel-ask.js";
import { copyButton } from "./panel-copy.js";
import { badge, copyOf, partsOf, say, sentence } from "./panel-forms.js";
import { dateTime, whole } from "./panel-format.js";
import { differences, isMove, undoing, what } from "./panel-log-words.js";

const PAGE = 50;
const FAR = 200; // entries in a step while something is looked for
const LOOK_MS = 3_000;
const PAST_ALL = 1_099_511_627_775; // behind any entry: the answer still names the newest

class Log {
  #part;
  #at;
  #entries = []; // newest first, without gaps
  #rows = new Map(); // seq -> its row, and the entry that it shows
  #fresh = []; // came in since, not shown yet
  #names = new Map(); // key ID -> name
  #timer = 0;
  #busy = false;

  constructor(root, at) {
    this.#part = partsOf(root);
    this.#at = at;
    if (at.eventId === null) say(root.querySelector("h2"), "The deployment’s log");
    const { filter, older, newer, sealCopy, seal, verify, verifyCopy } = this.#part;
    filter.addEventListener("input", () => this.#show());
    older.addEventListener("click", () => this.#older());
    newer.addEventListener("click", () => this.#take());
    sealCopy.append(copyButton(seal, "the newest seal"));
    verifyCopy.append(copyButton(verify, "the command"));
  }

  show(visible) {
    clearInterval(this.#timer);
    if (!visible) return;
    if (this.#entries.length === 0) this.#begin();
    else this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  update() {
    this.#showUndoing();
  }

  async #begin() {
    await this.#try(async () => {
      if (this.#at.can("admin") && this.#names.size === 0) {
        for (const { key_id: id, name } of await keys.all()) this.#names.set(id, name);
      }
      const { end } = await this.#read(PAST_ALL, 1);
      const { entries } = await this.#read(Math.max(0, end - PAGE), PAGE);
      this.#entries = entries.reverse();
    });
  }

  async #older() {
    const [step, low] = [this.#part.filter.value.trim() ? FAR : PAGE, this.#lowest];
    const wasFocused = document.activeElement === this.#part.older;
    await this.#try(async () => {
      const from = Math.max(0, low - 1 - step);
      const { entries } = await this.#read(from, low - 1 - from);
      this.#entries.push(...entries.reverse());
      if (entries.length === 0) this.#entries[this.#entries.length - 1].isFirst = true;
    });
    if (wasFocused && this.#part.older.hidden) this.#part.filter.focus();
  }

  /** What was entered since, and seals that were laid since. */
  async #look() {
    if (this.#busy) return;
    const open = this.#entries.filter(({ seal }) => !seal).map(({ seq }) => seq);
    const after = Math.min(this.#highest, ...open.map((seq) => seq - 1));
    try {
      const { entries } = await this.#read(after, PAGE);
      for (const entry of entries.filter(({ seq }) => seq <= this.#highest)) {
        const index = this.#entries.findIndex(({ seq }) => seq === entry.seq);
        if (index >= 0 && entry.seal) this.#entries[index] = entry;
      }
      this.#fresh = entries.filter(({ seq }) => seq > this.#highest);
      if (this.#entries.length === 0) this.#take();
      else this.#show();
    } catch {
      // The page says that it is not live; the next look comes by itself.
    }
  }

  #take() {
    this.#entries.unshift(...this.#fresh.splice(0).reverse());
    this.#show();
  }

  async #try(work) {
    if (this.#busy) return;
    this.#busy = true;
    say(this.#part.fault, "");
    try {
      await work();
    } catch (error) {
      if (error.status === undefined) throw error;
      say(this.#part.fault, sentence(error));
    } finally {
      this.#busy = false;
    }
    this.#show();
  }

  #read(after, limit) {
    return logs.read(this.#at.eventId, after, limit);
  }

  get #highest() {
    return this.#entries[0]?.seq ?? 0;
  }

  get #lowest() {
    return this.#entries[this.#entries.length - 1]?.seq ?? 1;
  }

  // --- showing ------------------------------------------------------------------------------------

  #show() {
    const wanted = this.#part.filter.value.trim().toLowerCase();
    const found = this.#entries.filter((entry) => this.#text(entry).includes(wanted));
    this.#part.entries.replaceChildren(...found.map((entry) => this.#row(entry)));
    const hasOlder = this.#lowest > 1 && !this.#entries[this.#entries.length - 1]?.isFirst;
    this.#part.older.hidden = !hasOlder;
    say(this.#part.older, wanted ? "Look further back" : "Older entries");
    say(this.#part.told, this.#told(found.length, wanted));
    this.#part.newer.hidden = this.#fresh.length === 0;
    say(this.#part.newer, `Show ${this.#fresh.length} newer`);
    this.#showSeal();
    this.#showUndoing();
  }

  #told(found, wanted) {
    const read = this.#entries.length;
    if (read === 0) return "Nothing has been entered yet.";
    if (wanted) return `${whole(found)} found in the newest ${whole(read)} entries.`;
    return `${whole(read)} of ${whole(this.#highest)} entries.`;
  }

  #text(entry) {
    return `${entry.seq} ${entry.by} ${this.#who(entry)} ${entry.source} ${entry.action} ${what(entry)}`.toLowerCase();
  }

  #who({ by }) {
    return this.#names.get(by) || by;
  }

  #row(entry) {
    const known = this.#rows.get(entry.seq);
    if (known && known.entry.seal === entry.seal) return known.row;
    const row = known?.row ?? copyOf("log-entry");
    const part = known?.part ?? partsOf(row);
    this.#rows.set(entry.seq, { entry, row, part });
    badge(part.sealed, entry.seal ? "good" : "wait", entry.seal ? "sealed" : "not sealed yet");
    if (known) return row;
    say(part.seq, whole(entry.seq));
    say(part.what, what(entry));
    say(part.when, dateTime(entry.at));
    part.when.dateTime = new Date(entry.at * 1000).toISOString();
    say(part.who, this.#who(entry));
    part.who.title = entry.by;
    say(part.source, entry.source);
    const rows = differences(entry);
    part.more.hidden = rows.length === 0 || isMove(entry);
    part.diff.append(...rows.flatMap(difference));
    part.undo.setAttribute("aria-label", `Undo entry ${entry.seq}…`);
    part.undo.addEventListener("click", () => this.#undo(entry));
    return row;
  }

  #way(entry) {
    const later = this.#entries.filter(({ seq }) => seq > entry.seq);
    const now = { event: this.#at.event, counters: this.#at.numbers?.counters ?? null };
    return undoing(entry, now, [...later, ...this.#fresh]);
  }

  #showUndoing() {
    if (this.#at.eventId === null) return;
    for (const { entry, part } of this.#rows.values()) {
      const { needs } = this.#way(entry);
      part.undo.hidden = !needs || !this.#at.can(needs);
    }
  }

  #undo(entry) {
    const { lines, why } = this.#way(entry);
    if (!lines) return say(this.#part.fault, `Entry ${entry.seq} cannot be undone. ${why}`);
    ask({ title: `Undo entry ${entry.seq}?`, text: what(entry), lines, action: "Undo" }, async () => {
      await events.undo(this.#at.eventId, entry.seq);
      this.#at.changed(await events.one(this.#at.eventId));
      const { entries } = await this.#read(this.#highest, PAGE);
      this.#fresh = entries;
      this.#take();
    });
  }

  #showSeal() {
    const sealed = this.#entries.find(({ seal }) => seal);
    this.#part.sealBox.hidden = !sealed;
    if (!sealed) return;
    say(this.#part.sealName, `Seal of entry ${whole(sealed.seq)}`);
    say(this.#part.seal, sealed.seal);
    say(this.#part.verify, `waitroom log verify ${this.#at.eventId ?? "''"} --noted ${sealed.seal}`);
  }
}

function difference([name, before, after]) {
  const dt = Object.assign(document.createElement("dt"), { textContent: name });
  const dd = document.createElement("dd");
  dd.dir = "auto";
  const one = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  if (before) dd.append(one("del", before));
  if (before && after) dd.append(" → ");
  if (after) dd.append(one("ins", after));
  return [dt, dd];
}

/** Binds the section; also of the deployment, where `at.eventId` is null. */
export function mountLog(root, at) {
  return new Log(root, at);
}

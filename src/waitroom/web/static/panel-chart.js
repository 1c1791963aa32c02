// The section with the cumulative chart: which time is shown, what is said of the moment under the
// pointer (or of now), and the table behind it. Drawing is in panel-plot.js.

import { events } from "./panel-api.js";
import { Course } from "./panel-curve.js";
import { partsOf, say } from "./panel-forms.js";
import { dateTime, exactClock, span, whole } from "./panel-format.js";
import { Plot } from "./panel-plot.js";
import { plans } from "./panel-preview.js";

const COARSE_POINTS = 400;
const FINE_POINTS = 600;
const OLD_MS = 300_000; // then the curves are read anew: the tail has a point a second
const AGAIN_MS = 5_000; // after a failure
const ROWS = 16;
const TABLE_MS = 15_000;
const SHORTEST_S = 60;

/** Binds the section. */
export function mountChart(root, at) {
  const section = new ChartSection(root, at);
  return {
    live: (numbers) => section.live(numbers),
    show: (visible) => section.show(visible),
  };
}

class ChartSection {
  #part;
  #at;
  #plot;
  #span = 3600; // s shown; 0: all
  #course = null;
  #loadedAt = -Infinity;
  #loading = false;
  #visible = false;
  #plan = [];
  #pointed = null; // the time that is pointed at; null: now
  #tableAt = -Infinity;

  constructor(root, at) {
    this.#part = partsOf(root);
    this.#at = at;
    this.#plot = new Plot(this.#part.chart, root, (time) => this.#point(time));
    this.#part.spans.addEventListener("click", ({ target }) => this.#choose(target));
    this.#part.chart.addEventListener("keydown", (event) => this.#key(event));
    this.#part.chart.addEventListener("blur", () => this.#point(null));
    this.#part.tableMore.addEventListener("toggle", () => this.#table(true));
    plans.addEventListener("plan", ({ detail }) => {
      if (detail.eventId !== at.eventId) return;
      this.#plan = detail.steps;
      this.#part.planLegend.hidden = detail.steps.length === 0;
      this.#draw();
    });
    say(this.#part.readout, "Reading the curves…");
  }

  show(visible) {
    this.#visible = visible;
    if (!visible) return;
    this.#plot.fit();
    this.#load();
    this.#draw();
  }

  live({ epoch, now, counters }) {
    if (!this.#visible) return;
    const course = this.#course;
    if (course && course.epoch === epoch) course.append(now, counters);
    const isOld = performance.now() - this.#loadedAt > OLD_MS;
    if (!course || course.epoch !== epoch || isOld) this.#load();
    this.#draw();
  }

  #choose(target) {
    const button = target.closest("button[data-span]");
    if (!button) return;
    this.#span = Number(button.dataset.span);
    for (const one of this.#part.spans.children) {
      one.setAttribute("aria-pressed", String(one === button));
    }
    this.#loadedAt = -Infinity;
    this.#pointed = null;
    this.#load();
    this.#draw();
    this.#table(true);
  }

  async #load() {
    if (this.#loading || performance.now() - this.#loadedAt < AGAIN_MS) return;
    this.#loading = true;
    this.#loadedAt = performance.now();
    const id = this.#at.eventId;
    const shown = this.#span;
    try {
      const coarse = await events.curve(id, 0, COARSE_POINTS);
      const since = shown ? Math.max(0, coarse.now - shown) : 0;
      const fine = shown ? await events.curve(id, since, FINE_POINTS) : coarse;
      this.#course = new Course(coarse, fine, since);
    } catch (error) {
      this.#loadedAt -= OLD_MS - AGAIN_MS;
      if (!this.#course) say(this.#part.readout, `The curves could not be read: ${error.message}`);
    } finally {
      this.#loading = false;
    }
    if (shown !== this.#span) this.#load();
    this.#draw();
    this.#table(true);
  }

  /**
   * The times shown: the last of the span, or all of a line that is younger; and as much of the
   * plan as is not longer than that.
   */
  #range() {
    const { begin, now } = this.#course;
    const start = Math.min(begin, now - SHORTEST_S);
    const from = this.#span ? Math.max(start, now - this.#span) : start;
    const [end] = this.#plan.length > 0 ? this.#plan[this.#plan.length - 1] : [now];
    return [from, Math.min(Math.max(now, end), now + (now - from))];
  }

  #draw() {
    if (!this.#course || !this.#visible) return;
    const [from, to] = this.#range();
    this.#plot.draw(this.#course.columns(from, to, this.#plan), from, to);
    this.#read();
    this.#table(false);
  }

  #point(time) {
    this.#pointed = time;
    if (this.#course) this.#read();
  }

  #read() {
    const now = this.#course.now;
    const isNow = this.#pointed === null || this.#pointed >= now;
    const time = isNow ? now : Math.max(Math.round(this.#pointed), Math.ceil(this.#range()[0]));
    const moment = this.#course.at(time);
    this.#plot.mark(moment);
    const text = wordsOf(moment, isNow);
    say(this.#part.readout, text);
    this.#slide(time, text, isNow);
  }

  /** What a screen reader is told; not each second while it listens. */
  #slide(time, text, isNow) {
    const { chart } = this.#part;
    if (isNow && document.activeElement === chart && chart.getAttribute("aria-valuenow") !== "0") return;
    const [from] = this.#range();
    chart.setAttribute("aria-valuemin", String(Math.floor(from)));
    chart.setAttribute("aria-valuemax", String(this.#course.now));
    chart.setAttribute("aria-valuenow", String(time));
    chart.setAttribute("aria-valuetext", text);
  }

  #key(event) {
    if (!this.#course) return;
    const [from] = this.#range();
    const { now } = this.#course;
    const step = (now - from) / 60;
    const at = this.#pointed ?? now;
    const to = {
      ArrowLeft: at - step,
      ArrowDown: at - step,
      ArrowRight: at + step,
      ArrowUp: at + step,
      PageDown: at - 10 * step,
      PageUp: at + 10 * step,
      Home: from,
      End: null,
      Escape: null,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#point(to === null || to >= now ? null : Math.max(from, to));
  }

  #table(anew) {
    const { tableMore, tableBody } = this.#part;
    const isFresh = performance.now() - this.#tableAt < TABLE_MS;
    if (!tableMore.open || !this.#course || (isFresh && !anew)) return;
    this.#tableAt = performance.now();
    const [from] = this.#range();
    const { now } = this.#course;
    const times = Array.from({ length: ROWS }, (_, n) => Math.round(now - (n * (now - from)) / (ROWS - 1)));
    const isLong = now - from > 72_000;
    tableBody.replaceChildren(...times.map((time) => rowOf(this.#course.at(time), isLong)));
  }
}

/** One moment of the line in words. */
function wordsOf(moment, isNow) {
  const { time, arrived, called, uncalled, ahead, waited } = moment;
  const head = isNow ? `Now, ${exactClock(time)}` : exactClock(time);
  if (arrived === 0 && called === 0) return `${head}: nobody has come yet.`;
  if (uncalled === 0) {
    const free = ahead > 0 ? ` ${whole(ahead)} more may walk straight in.` : "";
    return `${head}: everybody has been called. ${whole(arrived)} have come, called up to ${whole(called)}.${free}`;
  }
  const crowd = `${whole(uncalled)} not called yet (vertical distance: ${whole(arrived)} have come, called up to ${whole(called)}).`;
  if (waited === null) return `${head}: ${crowd}`;
  return `${head}: ${crowd} Number ${whole(called)}, called then, had waited ${span(waited)} (horizontal distance).`;
}

function rowOf(moment, isLong) {
  const cells = [
    isLong ? dateTime(moment.time) : exactClock(moment.time),
    whole(moment.arrived),
    whole(moment.called),
    whole(moment.completed),
    whole(moment.uncalled),
    moment.waited === null ? "–" : span(moment.waited),
  ];
  const row = document.createElement("tr");
  cells.forEach((text, index) => {
    const cell = row.appendChild(document.createElement(index === 0 ? "th" : "td"));
    if (index === 0) cell.scope = "row";
    cell.textContent = text;
  });
  return row;
}

// Drawing the chart with uPlot: three lines and a plan, in the colours of the page (which differ by
// scheme), and over them the two distances: the wait is the horizontal one, the vertical one those who
// are not called yet.

import { span, clock, exactClock, whole } from "./panel-format.js";
import uPlot from "./uplot/uplot.js";

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const LONG = 129_600; // s, from which on days are told rather than hours
const ROOM_FOR_WIDTH = 64; // px that a label needs
const ROOM_FOR_HEIGHT = 26;
const LINES = [
  { name: "arrivals", width: 2 },
  { name: "servings", width: 3 },
  { name: "completed", width: 2, dash: [6, 4] },
  { name: "plan", width: 2, dash: [2, 4] },
];

/** Draws into `box`; `legend` holds the `[data-line]` items; `pointed(time or null)`. */
export class Plot {
  #box;
  #root;
  #chart = null;
  #data = null;
  #range = [0, 1];
  #marks;
  #moment = null;

  constructor(box, root, pointed) {
    this.#box = box;
    this.#root = root;
    this.#marks = marksOf();
    box.addEventListener("pointermove", (event) => pointed(this.#timeAt(event)));
    box.addEventListener("pointerdown", (event) => pointed(this.#timeAt(event)));
    box.addEventListener("pointerleave", ({ pointerType }) => pointerType === "touch" || pointed(null));
    new ResizeObserver(() => this.fit()).observe(box);
    const anew = () => this.#rebuild();
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", anew);
    }
  }

  /** Take the room that there is. */
  fit() {
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (!this.#chart || width === 0) return;
    if (this.#chart.width !== width || this.#chart.height !== height) {
      this.#chart.setSize({ width, height });
    }
  }

  draw(data, from, to) {
    this.#data = data;
    this.#range = [from, to];
    if (this.#chart) this.#chart.setData(data);
    else this.#rebuild();
  }

  /** Show the distances at a moment (panel-curve.js). */
  mark(moment) {
    this.#moment = moment;
    this.#place();
    this.#count("arrivals", moment.arrived);
    this.#count("servings", moment.called);
    this.#count("completed", moment.completed);
  }

  #count(line, count) {
    const node = this.#root.querySelector(`[data-line="${line}"] b`);
    if (node && node.textContent !== whole(count)) node.textContent = whole(count);
  }

  #rebuild() {
    const { clientWidth: width, clientHeight: height } = this.#box;
    if (!this.#data || width === 0) return;
    this.#chart?.destroy();
    this.#chart = new uPlot(this.#options(width, height), this.#data, this.#box);
    this.#chart.over.append(...Object.values(this.#marks));
  }

  #options(width, height) {
    const color = colorsOf(this.#box);
    const stepped = uPlot.paths.stepped({ align: 1 });
    const axis = {
      stroke: color("soft"),
      grid: { stroke: color("edge"), width: 1 },
      ticks: { stroke: color("edge"), width: 1, size: 4 },
      font: "12px system-ui, sans-serif",
    };
    return {
      width,
      height,
      legend: { show: false },
      cursor: { show: false },
      padding: [12, 12, 0, 0],
      hooks: { draw: [() => this.#place()] }, // not before: new scales hold from then on
      scales: {
        x: { time: true, range: () => this.#range },
        y: { range: () => heights(this.#data) },
      },
      axes: [
        { ...axis, size: 32, space: 64, values: (_, times, __, ___, step) => timesOf(times, step, this.#range) },
        { ...axis, size: 52, values: (_, counts) => counts.map((n) => (n % 1 ? "" : COMPACT.format(n))) },
      ],
      series: [
        {},
        ...LINES.map(({ name, width: thick, dash }) => ({
          stroke: color(`line-${name}`),
          width: thick,
          dash,
          paths: stepped,
          points: { show: false },
        })),
      ],
    };
  }

  #timeAt({ clientX }) {
    if (!this.#chart) return null;
    const { left, width } = this.#chart.over.getBoundingClientRect();
    const [from, to] = this.#range;
    return from + (Math.min(Math.max(clientX - left, 0), width) / width) * (to - from);
  }

  #place() {
    const { across, up, acrossLabel, upLabel } = this.#marks;
    const moment = this.#moment;
    const isSeen = Boolean(this.#chart && moment && moment.uncalled > 0);
    up.hidden = upLabel.hidden = !isSeen;
    across.hidden = acrossLabel.hidden = !isSeen || moment.waited === null;
    if (!isSeen) return;
    const pos = (value, axis) => this.#chart.valToPos(value, axis);
    const [x, low, high] = [pos(moment.time, "x"), pos(moment.called, "y"), pos(moment.arrived, "y")];
    put(up, { left: x, top: high, height: low - high });
    put(upLabel, { left: x, top: (low + high) / 2 });
    upLabel.textContent = `${whole(moment.uncalled)} not called yet`;
    upLabel.hidden = low - high < ROOM_FOR_HEIGHT;
    if (moment.waited === null) return;
    const start = Math.max(0, pos(moment.came, "x"));
    across.classList.toggle("cut", moment.came < this.#range[0]); // it began before what is shown
    put(across, { left: start, top: low, width: x - start });
    put(acrossLabel, { left: (start + x) / 2, top: low });
    acrossLabel.textContent = span(moment.waited);
    acrossLabel.hidden = x - start < ROOM_FOR_WIDTH;
  }
}

/** From the lowest serving to the highest arrival; completions too, if they are not far below. */
function heights([, arrived, called, completed, planned]) {
  const seen = [...arrived, ...called, ...planned].filter((n) => n !== null);
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  const lowest = Math.min(low, ...completed.filter((n) => n !== null));
  const bottom = low - lowest <= 2 * (high - low) ? lowest : low;
  const room = Math.max(4, high - bottom);
  return [Math.max(0, bottom - room * 0.04), high + room * 0.06];
}

function timesOf(times, step, [from, to]) {
  if (to - from > LONG && step >= 86_400) return times.map((time) => DAY.format(time * 1000));
  return times.map(step < 60 ? exactClock : clock);
}

/** The page's colours as the canvas takes them; system colours too, where they are forced. */
function colorsOf(box) {
  const probe = box.ownerDocument.createElement("i");
  box.append(probe);
  const found = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["soft", "edge", ...LINES.map(({ name }) => `line-${name}`)];
  const colors = new Map(names.map((name) => [name, found(name)]));
  probe.remove();
  return (name) => colors.get(name);
}

function marksOf() {
  const made = (name) => Object.assign(document.createElement("div"), { className: `mark ${name}`, hidden: true });
  return {
    across: made("across"),
    up: made("up"),
    acrossLabel: made("label across-label"),
    upLabel: made("label up-label"),
  };
}

function put(node, places) {
  for (const [side, value] of Object.entries(places)) node.style[side] = `${Math.round(value)}px`;
}

// The kinds of inlet as the panel offers them: what each is called, what it does, what it needs.
// What must change with it: `core/inlet_kinds.py`, whose fields these are.

/** name -> label, unit, how it is typed ("whole", "fraction" or "time"), whether it may be empty. */
export const FIELDS = {
  increment: { label: "Let in", unit: "people a step", type: "whole" },
  interval: { label: "Every", unit: "seconds", type: "whole" },
  per_minute: { label: "Let in", unit: "people a minute", type: "whole" },
  ramp_up: { label: "Slow start", unit: "seconds until the full rate; 0 for none", type: "whole" },
  size: { label: "At once on the site", unit: "people", type: "whole" },
  floor: { label: "At least", unit: "people a minute", type: "whole" },
  ceiling: { label: "At most", unit: "people a minute", type: "whole" },
  latency: { label: "Slow is over", unit: "seconds an answer", type: "fraction" },
  errors: { label: "Sick is over", unit: "share of errors, 0 to 1", type: "fraction" },
  increase: { label: "While well, add", unit: "people a minute each time", type: "whole" },
  decrease: { label: "When not, multiply by", unit: "above 0, below 1", type: "fraction" },
  start: { label: "Starts", unit: "empty: at once", type: "time" },
  end: { label: "Ends", unit: "empty: never", type: "time" },
  max_lead: {
    label: "Ahead of the line by at most",
    unit: "people; empty: one interval’s worth",
    type: "whole",
    empty: true,
  },
};

/** kind -> label, what it does, its fields, and those that are seldom needed. */
export const KINDS = {
  manual: { label: "By hand", about: "The line moves when you let people in.", fields: [], more: [] },
  periodic: {
    label: "In steps",
    about: "Lets a number of people in at regular times.",
    fields: ["increment", "interval"],
    more: ["start", "end", "max_lead"],
    fresh: { increment: 10, interval: 60 },
  },
  rate: {
    label: "At a steady rate",
    about: "Lets people in evenly, second by second.",
    fields: ["per_minute", "ramp_up"],
    more: ["start", "end", "max_lead"],
    fresh: { per_minute: 60, ramp_up: 0 },
  },
  target: {
    label: "Keep the site full",
    about: "Keeps this many people on the site: calls the next as others leave, allows for no-shows, and never lets in one too many.",
    fields: ["size"],
    more: ["max_lead"],
    fresh: { size: 100 },
  },
  max_size: {
    label: "One out, one in",
    about: "Lets in as many as the site reports to have left (exit messages), up to this many at once.",
    fields: ["size"],
    more: ["max_lead"],
    fresh: { size: 100 },
  },
  adaptive: {
    label: "As the site can bear",
    about: "Like a steady rate that rises while the site is well and falls when it is slow or fails. Needs a probe.",
    fields: ["floor", "ceiling", "latency", "errors"],
    more: ["increase", "decrease", "interval", "max_lead"],
    fresh: { floor: 10, ceiling: 600, latency: 1, errors: 0.05, increase: 10, decrease: 0.5, interval: 10 },
  },
};

const WHOLE = new Intl.NumberFormat("en");

/** What an inlet does, in one sentence. */
export function sentenceOf(inlet) {
  const n = (name) => WHOLE.format(inlet[name]);
  switch (inlet.kind) {
    case "manual":
      return "The line moves by hand.";
    case "periodic":
      return inlet.interval === 1
        ? `${n("increment")} people are let in every second.`
        : `${n("increment")} people are let in every ${n("interval")} seconds.`;
    case "rate":
      return `${n("per_minute")} people are let in each minute.`;
    case "target":
      return `${n("size")} people are kept on the site.`;
    case "max_size":
      return `At most ${n("size")} people are on the site; others follow those who leave.`;
    case "adaptive":
      return `${n("floor")} to ${n("ceiling")} people are let in each minute, as the site can bear.`;
    default:
      return `The line moves by an inlet this page does not know: ${inlet.kind}.`;
  }
}

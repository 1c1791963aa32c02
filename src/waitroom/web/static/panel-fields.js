// How the fields of the settings form are read and written, by `data-kind`: text, list (one a line),
// whole (a number), span (seconds, with what they come to), check, choice, time (in the operator's
// own time zone), json. What is not readable is given to the server as it is: its word counts.

import { dateTime, span } from "./panel-format.js";

/** The zone in which the operator's clock runs: "Europe/Berlin". */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "local time";

const two = (n) => String(n).padStart(2, "0");

/** Epoch seconds as an input of `datetime-local` wants them; "" for 0. */
export function toLocal(seconds) {
  if (!seconds) return "";
  const d = new Date(seconds * 1000);
  const day = `${String(d.getFullYear()).padStart(4, "0")}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  const rest = d.getSeconds() ? `:${two(d.getSeconds())}` : "";
  return `${day}T${two(d.getHours())}:${two(d.getMinutes())}${rest}`;
}

/** The other way; 0 for "", and NaN for what is no time. */
export function fromLocal(text) {
  return text === "" ? 0 : Math.floor(new Date(text).getTime() / 1000);
}

const KINDS = {
  text: { read: (f) => f.value.trim(), write: (f, v) => (f.value = v) },
  choice: { read: (f) => f.value, write: (f, v) => (f.value = v) },
  check: { read: (f) => f.checked, write: (f, v) => (f.checked = Boolean(v)) },
  list: {
    read: (f) => f.value.split(/\s+/).filter(Boolean),
    write: (f, v) => (f.value = v.join("\n")),
  },
  whole: { read: number, write: (f, v) => (f.value = String(v)) },
  span: { read: number, write: (f, v) => (f.value = String(v)) },
  time: { read: time, write: (f, v) => (f.value = toLocal(v)) },
  json: { read: json, write: (f, v) => (f.value = isNone(v) ? "" : JSON.stringify(v, null, 2)) },
};

const isNone = (value) => value === null || (Array.isArray(value) && value.length === 0);

function number(field) {
  const text = field.value.trim();
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function time(field) {
  const at = field.validity.badInput ? NaN : fromLocal(field.value);
  return Number.isFinite(at) ? at : "unreadable";
}

function json(field) {
  const text = field.value.trim();
  if (text === "") return field.dataset.none === "list" ? [] : null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The fields of `form` for a Draft. */
export function fieldsOf(form) {
  return Array.from(form.elements)
    .filter((field) => field.name && field.dataset.kind)
    .map((field) => {
      const { read, write } = KINDS[field.dataset.kind];
      return { name: field.name, read: () => read(field), write: (value) => write(field, value) };
    });
}

/** What can be said of a field without asking: only that it cannot be read at all. */
export function unreadable(form, changes) {
  const faults = {};
  for (const [name, value] of Object.entries(changes)) {
    const { kind } = form.elements.namedItem(name).dataset;
    if (kind === "json" && typeof value === "string") faults[name] = "This is not JSON yet.";
    if (kind === "time" && typeof value === "string") faults[name] = "Wanted a whole date and time.";
  }
  return faults;
}

/** A value in words, for "somebody else set this to ...". */
export function inWords(form, name, value) {
  const { kind } = form.elements.namedItem(name).dataset;
  if (kind === "check") return value ? "on" : "off";
  if (kind === "time") return value ? dateTime(value) : "“from the beginning”";
  if (kind === "span") return `${value} s`;
  if (kind === "json") return isNone(value) ? "none" : JSON.stringify(value);
  const text = Array.isArray(value) ? value.join(" ") : String(value);
  return text === "" ? "nothing" : `“${text}”`;
}

/** What a number of seconds comes to, where that is not the same: "= 1 h". */
export function reading(value, zero = "") {
  if (value === 0) return zero;
  return typeof value === "number" && value >= 90 ? `= ${span(value)}` : "";
}

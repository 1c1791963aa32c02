// Numbers, times and spans as the panel writes them. Pure: no DOM, no clock. Seconds throughout.

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const DECIMAL = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const EXACT = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const DATED = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const DAY = 86_400;

/** A count, grouped; a dash for what is not known. */
export const whole = (n) => (Number.isFinite(n) ? WHOLE.format(n) : "–");

/** A rate: one decimal below 100, none above, so that it does not flicker. */
export const decimal = (n) => {
  if (!Number.isFinite(n)) return "–";
  return Math.abs(n) < 100 ? DECIMAL.format(n) : WHOLE.format(n);
};

/** A move of the line: +1,000 or −10. */
export const signed = (by) => (by < 0 ? `−${whole(-by)}` : `+${whole(by)}`);

/** A time of day, in the operator's time zone: "14:32". */
export const clock = (seconds) => CLOCK.format(seconds * 1000);

/** A time of day to the second: "14:32:05". */
export const exactClock = (seconds) => EXACT.format(seconds * 1000);

/** Date and time: "21 Nov 2026, 14:32:05". */
export const dateTime = (seconds) => DATED.format(seconds * 1000);

/** A time that may be on another day than `now`. */
export const when = (seconds, now) =>
  Math.abs(seconds - now) < DAY / 2 ? clock(seconds) : dateTime(seconds);

/** A length of time in its two largest units: "45 s", "12 min", "2 h 5 min", "3 d 4 h". */
export function span(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  const s = Math.max(0, Math.round(seconds));
  if (s < 90) return `${s} s`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), "h", minutes % 60, "min");
  return pair(Math.floor(s / DAY), "d", Math.floor((s % DAY) / 3600), "h");
}

const pair = (large, unit, small, lesser) =>
  small ? `${large} ${unit} ${small} ${lesser}` : `${large} ${unit}`;

/** The unit of a count: "person", "people". */
export const persons = (n) => (n === 1 ? "person" : "people");

/** "1 person", "2 people". */
export const people = (n) => `${whole(n)} ${persons(n)}`;

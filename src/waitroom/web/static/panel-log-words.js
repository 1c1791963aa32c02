// What an entry of the audit log says, and what undoing it would do, in words. Pure: entries and the
// event as it is in, texts out. What must change with it: undo.py, which says what can be undone.

import { same } from "./panel-draft.js";
import { signed, whole } from "./panel-format.js";

const MOVED = "serving_counter";
const BEGINS = ["create", "reset", "delete", "restore"];
const OPERATED = ["state", "message", "inlet"]; // what needs no admin (control/calls.py)
const HIDDEN = ["oidc_clients", "knownuser"]; // shown without their secrets: only the server can compare
const MOST = 300; // characters of a value that are shown
const BRIEF = 60; // characters of one that stands in the line itself

const SAID = {
  create: ({ after }) => (after?.event_id ? `Event ${after.event_id} created` : "Event created"),
  delete: ({ after, before }) => `Event ${after?.event_id ?? before?.event_id ?? ""} deleted`.replace("  ", " "),
  reset: () => "Line begun anew",
  restore: () => "Line restored",
  replay: () => "Events sent again",
  theme: () => "Looks changed",
  add_client: () => "OpenID Connect client added",
  change_client: () => "OpenID Connect client changed",
  rotate_client_secret: () => "OpenID Connect client got a new secret",
  remove_client: () => "OpenID Connect client removed",
  set_knownuser: () => "Queue-it account set",
  clear_knownuser: () => "Queue-it account forgotten",
  create_key: ({ after }) => `API key ${after?.name || after?.key_id || ""} created`,
  revoke_key: ({ after }) => `API key ${after?.key_id ?? ""} revoked`,
  panel_link: () => "One-time link into the panel made",
  panel_login: ({ after }) => `One-time link used (${(after?.scopes ?? []).join(", ")})`,
  rotate_signing_key: () => "Signing key rotated",
  remove_signing_key: () => "Signing key removed",
  subscribe: () => "Subscription added",
  unsubscribe: () => "Subscription removed",
};

/** One line on what was done. */
export function what(entry) {
  const { action, before, after } = entry;
  const undone = /^undo (\d+)$/.exec(action);
  const lead = undone ? `Entry ${undone[1]} undone: ` : "";
  if (isMove(entry)) {
    const [from, to] = [before[MOVED], after[MOVED]];
    return `${lead}${lead ? "line" : "Line"} moved ${signed(to - from)}, from ${whole(from)} to ${whole(to)}`;
  }
  if (!undone && SAID[action]) return SAID[action](entry).trim();
  const names = Object.keys(after ?? {});
  if (names.length === 0) return lead ? lead.slice(0, -2) : action;
  const to = names.length === 1 ? value(after[names[0]]) : "";
  const brief = to && to.length <= BRIEF ? ` to ${to}` : "";
  return `${lead}${lead ? "set" : "Set"} ${names.join(", ")}${brief}`;
}

/** Whether the line was moved, and by nothing else. */
export const isMove = ({ before, after }) =>
  Number.isInteger(before?.[MOVED]) && Number.isInteger(after?.[MOVED]);

/** What was so before and after: [name, before, after], each a text. */
export function differences({ before, after }) {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names].map((name) => [name, value(before?.[name]), value(after?.[name])]);
}

/** A setting as a text, cut where it is long. */
export function value(it) {
  if (it === undefined) return "";
  if (it === "" || (Array.isArray(it) && it.length === 0)) return "nothing";
  const text = typeof it === "string" ? `“${it}”` : JSON.stringify(it);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}

/**
 * What undoing `entry` would do as things are.
 * @param {{event: object, counters: object | null}} now
 * @param {object[]} later entries behind it
 * @returns {{lines: string[], needs: string} | {why: string}} the way back, or why there is none
 */
export function undoing(entry, now, later) {
  if (BEGINS.includes(entry.action)) return { why: "It is for good." };
  if (isMove(entry)) return movingBack(entry, now, later);
  const names = Object.keys(entry.before ?? {});
  const isChange = names.length > 0 && names.join() === Object.keys(entry.after ?? {}).join();
  if (!isChange || names.some((name) => !(name in now.event))) return { why: "" };
  const isElse = (name) =>
    HIDDEN.includes(name)
      ? later.some(({ after }) => name in (after ?? {}))
      : !same(now.event[name], entry.after[name]);
  const moved = names.find(isElse);
  if (moved) return { why: `${moved} was changed again since.` };
  const lines = names.map(
    (name) => `${name}: ${value(entry.after[name])} becomes ${value(entry.before[name])} again`,
  );
  return { lines, needs: names.every((name) => OPERATED.includes(name)) ? "operate" : "admin" };
}

function movingBack({ seq, before, after }, { counters }, later) {
  if (later.some(({ action }) => action === `undo ${seq}`)) return { why: "It was undone." };
  if (later.some(({ action }) => BEGINS.includes(action))) return { why: "The line began anew since." };
  const by = before[MOVED] - after[MOVED];
  if (by === 0) return { why: "" };
  const lines = [`The line moves ${signed(by)}`];
  if (counters) {
    const from = counters[MOVED];
    lines[0] += `: serving up to ${whole(Math.max(0, from + by))} in place of ${whole(from)}`;
  }
  if (by < 0) lines.push("Who has come in stays in; who was called and has not come is not called any more");
  return { lines, needs: "operate" };
}

// The control plane's calls, as the panel makes them: with the session cookie, never with a key.

import { call } from "./http.js";

/** Fires on `signedOut` when the server no longer knows our session. */
export const signedOut = new EventTarget();

async function ask(method, path, parts) {
  try {
    return (await call(method, path, parts)).data;
  } catch (error) {
    if (error.status === 401) signedOut.dispatchEvent(new Event("now"));
    throw error;
  }
}

const at = (eventId, rest = "") => `/api/events/${encodeURIComponent(eventId)}${rest}`;

export const session = {
  /** @returns {Promise<{name: string, scopes: string[]}>} */
  read: async () => (await call("GET", "/session")).data,
  /** Trade an API key for a cookie that scripts cannot read. The key is kept nowhere. */
  open: async (key) => (await call("POST", "/session", { body: { key } })).data,
  /** Trade the code of a one-time link for a cookie. */
  openByLink: async (link) => (await call("POST", "/session", { body: { link } })).data,
  close: async () => (await call("DELETE", "/session")).data,
};

export const events = {
  overview: () => ask("GET", "/api/overview"),
  one: (eventId) => ask("GET", at(eventId)),
  /** All that the live page shows; the stream's `numbers` are the same. */
  numbers: (eventId) => ask("GET", at(eventId, "/numbers")),
  /** Arrivals, servings and samples since a second, thinned to about `points` each. */
  curve: (eventId, since, points) =>
    ask("GET", at(eventId, "/curve"), { query: { since: String(since), points: String(points) } }),
  create: (event) => ask("POST", "/api/events", { body: event }),
  change: (eventId, changes) => ask("PATCH", at(eventId), { body: changes }),
  /** What `change` would say; nothing is changed. */
  check: (eventId, changes) =>
    ask("PATCH", at(eventId), { query: { check: "1" }, body: changes }),
  remove: (eventId) => ask("DELETE", at(eventId)),
  setInlet: (eventId, inlet) => ask("PUT", at(eventId, "/inlet"), { body: inlet }),
  previewInlet: (eventId, inlet) => ask("POST", at(eventId, "/inlet/preview"), { body: inlet }),
  undo: (eventId, seq) => ask("POST", at(eventId, `/log/${seq}/undo`)),
  /** A request ID is a secret: it goes in the body. */
  session: (eventId, requestId) =>
    ask("POST", at(eventId, "/session"), { body: { request_id: requestId } }),
  endSession: (eventId, requestId, status) =>
    ask("POST", "/api/update_session", {
      body: { event_id: eventId, request_id: requestId, status },
    }),
  /** Request IDs, the oldest first, behind `after`, which is a secret too. */
  expired: (eventId, limit, after) =>
    ask("POST", "/api/expired_tokens", {
      body: { event_id: eventId, limit, ...(after === null ? {} : { after }) },
    }),
  reset: (eventId) => ask("POST", "/api/reset_initial_state", { body: { event_id: eventId } }),
  /** Let `by` more in. The same `once` counts once, however often it is sent. */
  advance: (eventId, by, once) =>
    ask("POST", "/api/increment_serving_counter", {
      body: { event_id: eventId, increment_by: by },
      headers: { "Idempotency-Key": once },
    }),
};

export const themes = {
  one: (eventId) => ask("GET", at(eventId, "/theme")),
  check: (eventId, theme) => ask("PUT", at(eventId, "/theme"), { query: { check: "1" }, body: theme }),
  save: (eventId, theme) => ask("PUT", at(eventId, "/theme"), { body: theme }),
  clear: (eventId) => ask("DELETE", at(eventId, "/theme")),
};

const client = (eventId, id, rest = "") => at(eventId, `/oidc_clients/${encodeURIComponent(id)}${rest}`);

export const clients = {
  add: (eventId, wanted) => ask("POST", at(eventId, "/oidc_clients"), { body: wanted }),
  change: (eventId, id, changes) => ask("PATCH", client(eventId, id), { body: changes }),
  remove: (eventId, id) => ask("DELETE", client(eventId, id)),
  newSecret: (eventId, id) => ask("POST", client(eventId, id, "/secret")),
  setAccount: (eventId, account) => ask("PUT", at(eventId, "/knownuser"), { body: account }),
  clearAccount: (eventId) => ask("DELETE", at(eventId, "/knownuser")),
};

/** Of an event, or of the deployment where `eventId` is null. Entries are the oldest first. */
export const logs = {
  read: (eventId, after, limit) =>
    ask("GET", eventId === null ? "/api/log" : at(eventId, "/log"), {
      query: { after: String(after), limit: String(limit) },
    }),
};

export const keys = {
  all: () => ask("GET", "/api/keys"),
  create: (wanted) => ask("POST", "/api/keys", { body: wanted }),
  revoke: (keyId) => ask("DELETE", `/api/keys/${encodeURIComponent(keyId)}`),
};

/** A name for one click: 128 random bits. (crypto.randomUUID wants a secure context.) */
export function onceKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The calls of the public API that a visitor makes. What comes back is checked here, once.
// The request ID goes into bodies only: addresses end up in logs.

import { ApiError, call } from "./http.js";

/** The API of one event's line. Every method may throw ApiError. */
export class Line {
  #eventId;
  #api;
  #onward;

  /** `onward`: where to go on to, as fields of `hand_over`: `return_url`, `authorization`. */
  constructor(eventId, api, onward = {}) {
    this.#eventId = eventId;
    this.#api = api;
    this.#onward = onward;
  }

  /** Get a place. @returns {Promise<import("./place.js").Place>} */
  async join() {
    const { data } = await this.#ask("POST", "assign_queue_num");
    const requestId = readable(data?.api_request_id, "string");
    const number = readable(data.queue_number, "number");
    return { requestId, number, start: readable(data.serving_counter, "number") };
  }

  /** How the line stands; the same for all visitors. */
  async status() {
    const { data } = await this.#ask("GET", "status");
    readable(data?.serving_counter, "number");
    return data;
  }

  /** The position of a place. Throws `request_unknown` unless it is one of this line. */
  async number(requestId) {
    const { data } = await this.#ask("POST", "queue_num", { request_id: requestId });
    return readable(data?.queue_number, "number");
  }

  /** Throws `place_expired` or `place_given_up` if a place of this line is that. */
  async stillGood(requestId) {
    await this.#ask("POST", "queue_pos_expiry", { request_id: requestId });
  }

  /** Give a place up. */
  async leave(requestId) {
    await this.#ask("POST", "leave", { request_id: requestId });
  }

  /**
   * Take the place up, and learn where to go now.
   * @returns {Promise<{location: string, expiresIn: number} | {location: null, why: string,
   * retryAfter: number}>} location is good for a minute, "" if nobody said where to; expiresIn in
   * seconds. No location: why is `not_served_yet`, `event_paused`, `event_sold_out` or `site_full`,
   * retryAfter in seconds, 0 if nothing was said
   */
  async handOver(requestId) {
    const fields = { request_id: requestId, ...this.#onward };
    const { status, data, retryAfter } = await this.#ask("POST", "hand_over", fields);
    if (status === 202) return { location: null, why: data?.code ?? "", retryAfter };
    const location = readable(data?.location, "string");
    return { location, expiresIn: readable(data.expires_in, "number") };
  }

  #ask(method, name, fields) {
    const parts = { event_id: this.#eventId, ...fields };
    const how = method === "GET" ? { query: parts } : { body: parts };
    return call(method, `${this.#api}/${name}`, how);
  }
}

function readable(value, type) {
  if (typeof value !== type) throw new ApiError("The answer was not readable.");
  return value;
}

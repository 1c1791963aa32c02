// The four calls of the public API that a visitor makes. What comes back is checked here, once.

import { ApiError, call } from "./http.js";

/** The API of one event's line. Every method may throw ApiError. */
export class Line {
  #eventId;
  #api;

  constructor(eventId, api) {
    this.#eventId = eventId;
    this.#api = api;
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

  /** Throws `request_unknown` unless the place is one of this line. */
  async check(requestId) {
    await this.#ask("GET", "queue_num", { request_id: requestId });
  }

  /**
   * Take the place up.
   * @returns {Promise<{token: string, expiresIn: number} | {token: null, why: string,
   * retryAfter: number}>} expiresIn in seconds, 0 for a token that has run out; no token: why is
   * `not_served_yet`, `event_paused` or `site_full`, retryAfter in seconds, 0 if nothing was said
   */
  async admit(requestId) {
    const answer = await this.#ask("POST", "generate_token", { request_id: requestId });
    const { status, data, retryAfter } = answer;
    if (status === 202) return { token: null, why: data?.code ?? "", retryAfter };
    const token = readable(data?.access_token, "string");
    return { token, expiresIn: readable(data.expires_in, "number") };
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

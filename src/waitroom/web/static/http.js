// One JSON call to our own origin: with a time limit, and with one kind of error.
// What belongs here: transport. What a code means is decided by the callers.

export const TIMEOUT_MS = 10_000;

/** A call that yielded no usable answer. `status` 0: nothing (readable) came back at all. */
export class ApiError extends Error {
  /**
   * @param {string} message one plain sentence, as the server wrote it where it wrote one
   * @param {{status?: number, code?: string, retryAfter?: number}} facts retryAfter in seconds
   */
  constructor(message, { status = 0, code = "unreachable", retryAfter = 0 } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/**
 * Call `path` and return `{status, data, retryAfter}` of a 2xx answer; retryAfter in seconds, 0 if
 * nothing was said of it.
 *
 * A 2xx that is not JSON is no answer of ours (a captive portal, a proxy's page) and counts as
 * unreachable; for the same reason redirects are not followed.
 *
 * @param {string} method
 * @param {string} path
 * @param {{query?: Record<string, string>, body?: unknown, headers?: Record<string, string>}} parts
 * @returns {Promise<{status: number, data: any, retryAfter: number}>}
 * @throws {ApiError}
 */
export async function call(method, path, { query, body, headers = {} } = {}) {
  const url = query ? `${path}?${new URLSearchParams(query)}` : path;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method,
      headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      redirect: "error",
      signal: limit.signal,
    });
    return await read(response);
  } catch (error) {
    throw error instanceof ApiError ? error : new ApiError("The server could not be reached.");
  } finally {
    clearTimeout(timer);
  }
}

async function read(response) {
  const text = await response.text();
  const data = parsed(text);
  const retryAfter = retryAfterSeconds(response.headers);
  if (!response.ok) {
    throw new ApiError(asText(data?.error) ?? `The server answered ${response.status}.`, {
      status: response.status,
      code: asText(data?.code) ?? "",
      retryAfter,
    });
  }
  if (data === undefined && text !== "") throw new ApiError("The answer was not readable.");
  return { status: response.status, data: data ?? null, retryAfter };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asText(value) {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Retry-After (RFC 9110, 10.2.3) in seconds. A date is read against the server's own clock. */
export function retryAfterSeconds(headers) {
  const value = headers.get("Retry-After") ?? "";
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const span = (Date.parse(value) - Date.parse(headers.get("Date") ?? "")) / 1000;
  return span > 0 ? span : 0;
}

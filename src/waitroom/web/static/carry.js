// Taking a place to another device: a link to this page with the request ID in its fragment.
// What belongs here: writing and reading such links. Whether the place counts is for arrival.js.
//
// A fragment stays in the browser (RFC 9110, 4.2.5): it is in no request, no Referer and no log. It
// is taken out of the address at once, so that it is not shared or bookmarked by mistake.

import { REQUEST_ID } from "./place.js";

const MARK = "#place=";

/** A link that opens `place` on another device. Whoever has the link has the place. */
export function carryLink({ requestId }) {
  return `${location.href.split("#")[0]}${MARK}${requestId}`;
}

/**
 * The request ID that this page was opened with, and the address without it.
 * @returns {string | null} null: none came along; "": what came is none
 */
export function takeCarried() {
  if (!location.hash.startsWith(MARK)) return null;
  const carried = location.hash.slice(MARK.length);
  history.replaceState(history.state, "", location.href.split("#")[0]);
  return REQUEST_ID.test(carried) ? carried : "";
}

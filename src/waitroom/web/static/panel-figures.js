// The big numbers of an event, each with its unit, and what somebody who joins now has to wait.

import { say } from "./panel-forms.js";
import { decimal, persons, span, whole } from "./panel-format.js";

/** Binds the section. */
export function mountFigures(root) {
  const nodes = new Map();
  for (const node of root.querySelectorAll("[data-num]")) nodes.set(node.dataset.num, node);
  return {
    live(numbers) {
      const texts = { ...counted(numbers), ...waited(numbers), ...paced(numbers) };
      for (const [name, text] of Object.entries(texts)) say(nodes.get(name), text);
    },
  };
}

function counted({ counters: c }) {
  return {
    waiting: whole(c.waiting_num),
    waitingUnit: `${persons(c.waiting_num)} in line, called or not`,
    serving: whole(c.serving_counter),
    arrived: whole(c.queue_counter),
    arrivedUnit: persons(c.queue_counter),
    active: whole(c.active_tokens),
    cap: c.cap > 0 ? `of ${whole(c.cap)} at most` : "active sessions",
    available: whole(available(c)),
    completed: whole(c.completed_sessions),
    abandoned: whole(c.abandoned_sessions),
    expired: whole(c.expired),
    givenUp: c.given_up > 0 ? `places, ${whole(c.given_up)} given up` : "places",
  };
}

/** Servings that nobody has used: places called and not taken up, or ahead of the line. */
export function available(counters) {
  const used = counters.token_counter + counters.expired;
  return Math.max(0, counters.serving_counter - used);
}

function waited({ wait_p50: usual, wait_p90: late, status }) {
  if (usual === null || usual === undefined) return { wait: "–", waitRange: "not known yet" };
  const range = `9 in 10: up to ${span(late)}`;
  const isPaused = status.state === "paused";
  return { wait: span(usual), waitRange: isPaused ? `${range} after the pause` : `median; ${range}` };
}

function paced({ arrivals_per_minute: arriving, served_per_minute: served, status }) {
  const quarter = status.rates?.["900"];
  return {
    arriving: decimal(arriving),
    rate1: decimal(served),
    rate15: decimal(quarter === undefined ? NaN : quarter * 60),
  };
}

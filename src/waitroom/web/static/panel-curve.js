// The two curves of a line, and what is read off them: how many are not called yet (the vertical
// distance), how long they wait (the horizontal one). Pure: no DOM, no clock. Times in epoch seconds.

/** A count that changes at certain times and stays in between. */
export class Line {
  #times = [];
  #counts = [];

  /** @param {number[][]} points [second, count], by rising second */
  constructor(points = []) {
    for (const [time, count] of points) this.push(time, count);
  }

  get times() {
    return this.#times;
  }

  /** The count from `time` on. What is not newer than the last point takes its place. */
  push(time, count) {
    const last = this.#times.length - 1;
    if (last >= 0 && this.#counts[last] === count) return;
    if (last >= 0 && time <= this.#times[last]) {
      this.#counts[last] = count;
      return;
    }
    this.#times.push(time);
    this.#counts.push(count);
  }

  /** The count at `time`; 0 before the first point. */
  at(time) {
    const index = firstWhere(this.#times, (one) => one > time) - 1;
    return index < 0 ? 0 : this.#counts[index];
  }

  /** When `count` was first reached; null if it was not. For a line that only grows. */
  reached(count) {
    const index = firstWhere(this.#counts, (one) => one >= count);
    return index < this.#times.length ? this.#times[index] : null;
  }
}

/** The first index for which `holds` is true, given that it stays so from there on. */
function firstWhere(list, holds) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * An event's arrivals, servings and completions, coarse over its whole past and finer over the part
 * that is looked at, with what the stream adds.
 */
export class Course {
  /** Both as `GET .../curve` answers; `fine` begins at `since`. */
  constructor(coarse, fine, since) {
    const before = (name) => coarse[name].filter(([second]) => second < since);
    const both = (name) => [...before(name), ...fine[name]];
    this.epoch = fine.epoch;
    this.now = fine.now;
    this.arrivals = new Line(both("arrivals"));
    this.servings = new Line(both("servings"));
    this.completed = new Line(both("samples").map(([second, , completed]) => [second, completed]));
    const first = [this.arrivals, this.servings].map(({ times }) => times[0] ?? fine.now);
    this.begin = Math.min(...first);
  }

  /** What the stream says: the counters at `now`. */
  append(now, counters) {
    if (now < this.now) return;
    this.now = now;
    this.arrivals.push(now, counters.queue_counter);
    this.servings.push(now, counters.serving_counter);
    this.completed.push(now, counters.completed_sessions);
  }

  /**
   * How the line stood at `time`. `uncalled`: those who had come and were not called. `waited`: s that
   * whoever was called then had been in line; null if nobody was, or called ahead of the arrivals.
   */
  at(time) {
    const [arrived, called] = [this.arrivals.at(time), this.servings.at(time)];
    const came = called > 0 && called < arrived ? this.arrivals.reached(called) : null;
    return {
      time,
      arrived,
      called,
      completed: this.completed.at(time),
      uncalled: Math.max(0, arrived - called),
      ahead: Math.max(0, called - arrived),
      came,
      waited: came === null ? null : Math.max(0, time - came),
    };
  }

  /** Columns for the chart between two times: seconds, arrived, called, completed, planned. */
  columns(from, to, plan) {
    const inside = [this.arrivals, this.servings, this.completed].flatMap(({ times }) =>
      times.filter((time) => time > from && time < to),
    );
    const ahead = plan.filter(([time]) => time > this.now && time < to);
    const times = [...new Set([from, ...inside, this.now, ...ahead.map(([time]) => time), to])]
      .filter((time) => time >= from && time <= to)
      .sort((a, b) => a - b);
    const past = (line) => times.map((time) => (time <= this.now ? line.at(time) : null));
    const planned = new Line([[this.now, this.servings.at(this.now)], ...ahead]);
    return [
      times,
      past(this.arrivals),
      past(this.servings),
      past(this.completed),
      times.map((time) => (ahead.length > 0 && time >= this.now ? planned.at(time) : null)),
    ];
  }
}

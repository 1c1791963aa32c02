// What the panel calls states and health, in one place.

/** How an event stands: the word beside the shape and the colour. */
export const HEALTH = { good: "Fine", warn: "Watch", bad: "Act now", wait: "No word yet" };

/** What each state of a line means. */
export const STATES = {
  open: { word: "Open", about: "Open: takes newcomers and lets people in." },
  paused: {
    word: "Paused",
    about: "Paused: takes newcomers, lets nobody in; called places do not run out meanwhile.",
  },
  closed: { word: "Closed", about: "Closed: takes nobody new; those in line go on." },
  sold_out: {
    word: "Sold out",
    about: "Sold out: takes nobody new and lets nobody in; those in line are told so.",
  },
};

/** What an inlet's gate says of the site. */
export const GATES = { ok: "OK", alarm: "Alarm", unknown: "Unknown" };

const SESSIONS = {
  waiting: "In line, not called yet",
  called: "Called, has not come in yet",
  active: "On the site",
  completed: "Completed",
  abandoned: "Abandoned",
  expired: "Expired",
  given_up: "Gave the place up",
};

/** Where a visitor stands. */
export const sessionWord = (state) => SESSIONS[state] ?? state;

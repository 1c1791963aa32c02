// A page that waits in line by itself: three calls of the public API, and the token with each call
// of the shop's own. What belongs here: the course of it, in the plainest form that keeps a place
// over reloads and does not hurry the server. The room's own page (waitroom.js) does more.

const { room, event } = document.body.dataset;
const KEY = `place-in-line-${event}`;
const [said, buy, leave] = ["said", "buy", "leave"].map((id) => document.getElementById(id));
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

class Refused extends Error {
  constructor(code, retryAfter) {
    super(code);
    Object.assign(this, { code, retryAfter });
  }
}

// The token is kept in memory only: it is worth the wait, and a reload gets the same one again.
let token = null;

async function ask(url, options) {
  const answer = await fetch(url, { referrerPolicy: "no-referrer", ...options });
  const data = await answer.json();
  if (answer.status !== 200) throw new Refused(data.code, Number(answer.headers.get("retry-after")));
  return data;
}

function tell(name, fields) {
  const body = JSON.stringify({ event_id: event, ...fields });
  const headers = { "content-type": "application/json" };
  return ask(`${room}/api/${name}`, { method: "POST", headers, body });
}

const status = () => ask(`${room}/api/status?event_id=${encodeURIComponent(event)}`);

async function place() {
  const kept = localStorage.getItem(KEY);
  if (kept) return JSON.parse(kept);
  const { api_request_id: id, queue_number: number } = await tell("assign_queue_num");
  const mine = { id, number };
  localStorage.setItem(KEY, JSON.stringify(mine));
  return mine;
}

// A place that is not one any more: begin anew, at the end of the line.
const GONE = ["request_unknown", "place_expired", "place_given_up", "session_ended"];

async function wait() {
  for (;;) {
    let seconds = 5;
    try {
      const mine = await place();
      leave.hidden = false;
      const { serving_counter: serving } = await status();
      if (mine.number <= serving) {
        const granted = await tell("generate_token", { request_id: mine.id });
        token = granted.access_token;
        said.textContent = "It is your turn.";
        buy.hidden = false;
        return;
      }
      const ahead = mine.number - serving - 1;
      said.textContent = `You are number ${mine.number}; ${ahead} in front of you.`;
    } catch (error) {
      if (GONE.includes(error.code)) localStorage.removeItem(KEY);
      if (error.code === "event_closed") said.textContent = "The line is closed.";
      seconds = error.retryAfter || seconds;
    }
    await pause(seconds * (0.8 + 0.4 * Math.random())); // a crowd shall not ask in step
  }
}

buy.addEventListener("click", async () => {
  buy.disabled = true;
  try {
    const headers = { authorization: `Bearer ${token}` };
    const { bought } = await ask("/api/checkout", { method: "POST", headers });
    said.textContent = `You have bought ${bought}.`;
  } catch (error) {
    said.textContent = "That did not work. Please wait for another turn.";
    buy.hidden = true;
    wait(); // the token has run out: the place decides whether there is a new one
  } finally {
    buy.disabled = false;
  }
});

leave.addEventListener("click", async () => {
  const kept = localStorage.getItem(KEY);
  if (kept) await tell("leave", { request_id: JSON.parse(kept).id }).catch(() => {});
  localStorage.removeItem(KEY);
  location.reload();
});

wait();

// A page of its own design that waits in line. All it uses of the waiting room is waitroom.js.

import { Waitroom } from "http://127.0.0.1:8080/static/waitroom.js";

const LANTERNS = 12;
const $ = (id) => document.getElementById(id);
const room = new Waitroom({ event: "lanterns", base: "http://127.0.0.1:8080" });
let place = ""; // where to go on to, once we are let in

const HEADLINES = {
  early: () => `The gates open in ${span(room.view.opensIn)}`,
  joining: () => "Lighting the first lantern",
  waiting: ({ ahead }) => (ahead === 0 ? "You are next" : "lanterns to light before yours"),
  turn: () => "Yours is burning: one moment",
  admitted: () => "Yours is burning",
  gone: ({ reason }) => (reason === "left" ? "You gave your place away" : "Your place is gone"),
  closed: () => "The gates are shut for tonight",
  soldout: () => "Every lantern has found a home",
  unknown: () => "There is no such night",
  astray: () => "We cannot show you the way in",
};

/** Everything that the visitor sees follows from the view. */
function show(view) {
  const { phase, ahead, progress, trouble } = view;
  const counts = phase === "waiting" && ahead > 0;
  document.body.dataset.phase = phase;
  say("figure", counts ? ahead.toLocaleString("en") : "");
  say("headline", HEADLINES[phase](view));
  say("more", more(view));
  say("trouble", trouble ? "The wind is against us. Your place is safe; trying again…" : "");
  say("spoken", counts ? `About ${rounded(ahead)} people ahead of you.` : HEADLINES[phase](view));
  $("go").hidden = phase !== "admitted" || (place === "" && !view.elsewhere);
  $("again").hidden = phase !== "gone";
  $("carry").hidden = $("leave").hidden = !["waiting", "turn"].includes(phase);
  if ($("carry").hidden) say("link", "");
  light(phase === "admitted" ? LANTERNS : Math.floor(progress * (LANTERNS - 1)));
}

function more({ phase, wait, paused, number, admittedFor, event }) {
  if (phase === "admitted") return `Come in within ${span(admittedFor)}.`;
  if (phase !== "waiting") return event?.message ?? "";
  if (paused) return "The line rests for a moment. You keep your place.";
  const about = wait === null ? "" : ` That takes at most ${span(wait[1])}, likely ${span(wait[0])}.`;
  return `You are number ${number.toLocaleString("en")}.${about}`;
}

function light(count) {
  [...$("lanterns").children].forEach((one, at) => one.classList.toggle("lit", at < count));
}

function say(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
  $(id).hidden = text === "";
}

function span(seconds) {
  const minutes = Math.round((seconds ?? 0) / 60);
  return minutes < 1 ? "a minute" : minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

/** Screen readers are not to be told each single step. */
function rounded(count) {
  const step = 10 ** Math.max(0, String(count).length - 1);
  return (Math.ceil(count / step) * step).toLocaleString("en");
}

for (let at = 0; at < LANTERNS; at += 1) $("lanterns").append(document.createElement("li"));

room.on("update", show);
room.on("admitted", ({ location: to }) => {
  place = to;
  show(room.view);
  if (to) location.assign(to);
});
room.on("error", ({ code, status }) => console.info(`waiting room: ${code} (${status})`));

$("go").addEventListener("click", () => room.look()); // "admitted" follows, with a fresh location
$("again").addEventListener("click", () => room.joinAgain());
$("carry").addEventListener("click", () => say("link", room.carryLink()));
$("leave").addEventListener("click", () => {
  if (confirm("Give your place away?")) room.leave().catch(() => say("trouble", "That did not work."));
});

room.start();
setInterval(() => show(room.view), 1_000); // the countdowns

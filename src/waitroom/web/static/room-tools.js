// What a visitor can do while in line: be called, take the place to another device, leave. Three
// buttons, each of which opens a panel under them; only one is open at a time. The mark-up is in
// templates/room-main.html.

import { codeOf, copied } from "./another-device.js";

const $ = (id) => document.getElementById(id);
const NAMES = ["call", "device", "leave"];
let asked = false; // whether the visitor has seen the ways to be called
const FREE = ["sound", "vibration"]; // need nobody's permission, so the first press has them on

/**
 * @param {import("./waitroom.js").Waitroom} room
 * @param {import("./calling.js").Caller} caller
 * @param {{say: (id: string, given?: object) => string, tell: (said: [string, object?]) => void}} page
 */
export function bindTools(room, caller, page) {
  const opened = {
    call: () => askForCalls(caller),
    device: () => showLink(room),
    leave: askToLeave,
  };
  for (const name of NAMES) {
    button(name).addEventListener("click", () => {
      const open = panel(name).hidden;
      NAMES.forEach(close);
      if (open) unfold(name, opened[name]);
    });
    for (const part of [panel(name), button(name)]) {
      part.addEventListener("keydown", (event) => event.key === "Escape" && fold(name));
    }
    panel(name)
      .querySelector("[data-close]")
      .addEventListener("click", () => fold(name));
  }
  bindCalls(caller, page);
  bindLink(page);
  bindLeave(room, page);
}

/** Which of the tools make sense for a view. */
export function showTools({ phase, age, number, paused, full }) {
  const called = phase === "turn" && (paused || full);
  const inLine = number !== null && age !== null && (phase === "waiting" || called);
  $("tools").hidden = !inLine && phase !== "early";
  for (const name of ["device", "leave"]) button(name).hidden = !inLine;
  if (!inLine) NAMES.slice(1).forEach(close);
  if ($("tools").hidden) close("call");
}

const button = (name) => $(`${name}-button`);
const panel = (name) => $(`${name}-panel`);

function unfold(name, opened) {
  panel(name).hidden = false;
  button(name).setAttribute("aria-expanded", "true");
  opened();
}

function close(name) {
  if (panel(name).hidden) return;
  panel(name).hidden = true;
  button(name).setAttribute("aria-expanded", "false");
  if (name === "device") forgetLink();
}

/** Close, and go back to where the visitor came from. */
function fold(name) {
  close(name);
  button(name).focus();
}

// --- tell me when it's my turn --------------------------------------------------------------------

const choice = (kind) => $("call-panel").querySelector(`[value="${kind}"]`);

function askForCalls(caller) {
  const { can } = caller;
  for (const kind of Object.keys(can)) choice(kind).closest("label").hidden = !can[kind];
  const free = FREE.filter((kind) => can[kind]);
  $("call-try").hidden = free.length === 0;
  if (asked) return;
  asked = true;
  for (const kind of free) switchTo(caller, kind, true);
}

async function switchTo(caller, kind, on) {
  choice(kind).checked = await caller.want(kind, on);
  return choice(kind).checked === on;
}

function bindCalls(caller, page) {
  $("call-panel").addEventListener("change", async ({ target: { value: kind, checked } }) => {
    const done = await switchTo(caller, kind, checked);
    const refused = !done && checked && !FREE.includes(kind) ? `call-${kind}-refused` : "";
    $("call-refused").hidden = refused === "";
    if (refused === "") return;
    $("call-refused").dataset.words = refused; // so that it follows another language
    $("call-refused").textContent = page.say(refused);
    page.tell([refused]);
  });
  $("call-try").addEventListener("click", () => caller.rehearse());
}

// --- take my place to another device --------------------------------------------------------------

async function showLink(room) {
  const link = room.carryLink();
  $("device-link").value = link;
  $("device-share").hidden = typeof navigator.share !== "function";
  $("device-code").hidden = true;
  const code = await codeOf(link).catch(() => null); // without it, the link is enough
  if (code === null || $("device-link").value !== link) return;
  $("device-code").replaceChildren(code);
  $("device-code").hidden = false;
}

/** The link is a secret: it stands in the page only while the visitor looks at it. */
function forgetLink() {
  $("device-link").value = "";
  $("device-code").replaceChildren();
  label("device-copy");
}

function label(words, page) {
  $("device-copy").dataset.words = words;
  if (page) $("device-copy").textContent = page.say(words);
}

function bindLink(page) {
  $("device-copy").addEventListener("click", async () => {
    const done = await copied($("device-link").value);
    if (!done) $("device-link").select();
    label(done ? "device-copied" : "device-copy", page);
    page.tell([done ? "device-copied" : "device-not-copied"]);
  });
  $("device-share").addEventListener("click", () => {
    const title = page.say("device-share-title", { title: $("title").textContent });
    navigator.share({ title, url: $("device-link").value }).catch(() => {});
  });
  $("device-link").addEventListener("focus", () => $("device-link").select());
}

// --- leave the line -------------------------------------------------------------------------------

function askToLeave() {
  $("leave-failed").hidden = true;
  $("leave-headline").focus();
}

function bindLeave(room, page) {
  $("leave-confirm").addEventListener("click", async () => {
    $("leave-confirm").setAttribute("aria-disabled", "true");
    const left = await room.leave().then(
      () => true,
      () => false,
    );
    $("leave-confirm").removeAttribute("aria-disabled");
    $("leave-failed").hidden = left;
    if (!left) page.tell(["leave-failed"]);
  });
}

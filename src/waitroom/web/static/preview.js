// The waiting room in a frame of the panel, dressed as messages of the panel say (panel-look.js). It
// stands in a sandbox: no storage, no cookies, an origin of its own (control/preview.py).

import { Stage } from "./room-stage.js";
import { speak, wantedLanguages } from "./words.js";

const $ = (id) => document.getElementById(id);
const main = $("room");
const theme = $("theme");
const { nonce } = theme;
const head = main.querySelector(".room-head").firstElementChild; // where the name stands
const asked = new WeakMap(); // media rule -> what it said before a scheme was picked
let ours = null; // the same, with our words in it
let template = null; // which one the page stands in
let stage = null;

const DAY = 86_400;
const BASE = {
  phase: "waiting", reason: "", notice: "", trouble: "", paused: false, soldOut: false, full: false,
  elsewhere: false, number: 12_841, serving: 3_120, ahead: 9_720, progress: 0.34, wait: [1_500, 2_600],
  changed: "", age: 2, opensIn: null, takeBy: null, admittedFor: null, fragile: false,
};
const SCENES = {
  waiting: {},
  near: { ahead: 3, number: 3_124, progress: 0.95, wait: [20, 70] },
  turn: { phase: "turn", ahead: 0, serving: 12_841, takeBy: 881 },
  early: { phase: "early", number: null, opensIn: DAY + 4 * 3_600 + 125 },
  paused: { paused: true },
  soldout: { phase: "soldout", soldOut: true },
};

function viewOf({ scene, event, message }) {
  const now = Math.floor(Date.now() / 1000);
  const view = { ...BASE, ...SCENES[scene] };
  const state = view.paused ? "paused" : view.soldOut ? "sold_out" : "open";
  const shown = {
    event_id: event.id, title: event.title, state, message: "", message_html: message, now,
    expiry_period: 900, validity_period: 3_600, opens_at: view.opensIn ? now + view.opensIn : 0,
  };
  return { ...view, event: shown };
}

function show(told) {
  if (template !== null && told.template !== template) return location.reload(); // asks anew
  if (template === null) frame(told);
  if (theme.textContent !== told.stylesheet) theme.textContent = told.stylesheet;
  name(told);
  const view = viewOf(told);
  stage.show(view, { goal: true, held: false });
  document.documentElement.style.colorScheme = told.scheme;
  for (const sheet of document.styleSheets) force(sheet, told.scheme);
}

function name({ logo, name: text }) {
  const there = main.querySelector(".room-head").firstElementChild;
  const node = logo ? document.createElement("img") : ours.cloneNode(true);
  if (logo) Object.assign(node, { className: "room-logo", src: logo, alt: text });
  else if (text) {
    node.textContent = text;
    node.dir = "auto";
  }
  there.replaceWith(node);
}

/** Media queries on the colour scheme hold as the panel says, not as this machine is set. */
function force(sheet, scheme) {
  for (const rule of sheet.cssRules) {
    if (rule.media?.mediaText && (asked.has(rule) || rule.media.mediaText.includes("prefers-color-scheme"))) {
      if (!asked.has(rule)) asked.set(rule, rule.media.mediaText);
      rule.media.mediaText = asked
        .get(rule)
        .replace(/\(prefers-color-scheme:\s*(\w+)\)/g, (_, which) =>
          which === scheme ? "(min-width: 0px)" : "(max-width: 0px)",
        );
    }
    if (rule.cssRules) force(rule, scheme);
  }
}

// --- the operator's own page ----------------------------------------------------------------------

/** Put the room into the operator's page: as public/themes.py does, but that no script of it runs. */
function frame(told) {
  template = told.template;
  if (template === "") return;
  const page = new DOMParser().parseFromString(filled(told), "text/html");
  for (const node of page.querySelectorAll("script, base, meta, title, iframe, object, embed")) node.remove();
  for (const node of page.querySelectorAll("*")) {
    for (const { name: attribute } of [...node.attributes]) {
      if (attribute === "style" || attribute.startsWith("on")) node.removeAttribute(attribute);
    }
  }
  document.body.className = page.body.className;
  document.head.append(...page.head.children);
  const place = page.getElementById("room-place");
  place?.replaceWith(main);
  document.body.replaceChildren(...page.body.childNodes);
}

function filled({ template: text, event, name: whose, logo }) {
  const values = { title: event.title, name: whose, event_id: event.id, lang: "en", logo, nonce };
  const ofOurs = { head: "", room: '<div id="room-place"></div>' };
  const value = (_, variable) => ofOurs[variable] ?? escaped(values[variable] ?? "");
  return text.replace(/\{\{\s*([A-Za-z_]+)\s*\}\}/g, value);
}

const escaped = (text) =>
  text.replace(/[&<>"']/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" })[c]);

async function begin() {
  stage = new Stage(await speak(wantedLanguages("", "", navigator.languages)));
  ours = head.cloneNode(true);
  $("plain").hidden = true;
  addEventListener("message", ({ source, data }) => source === parent && show(data));
  parent.postMessage("ready", "*");
}

begin();

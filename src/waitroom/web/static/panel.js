// The control panel: who is signed in, which page is looked at, and who is told what the server
// says. The address keeps the choice (`#`, `#event/<id>/<tab>`, `#deployment`), so reload, back and
// bookmarks work.

import { events, session, signedOut } from "./panel-api.js";
import { mountDeployment } from "./panel-deployment.js";
import { EventView } from "./panel-event.js";
import { Feed } from "./panel-feed.js";
import { partsOf, say, sentence } from "./panel-forms.js";
import { LinkState } from "./panel-link.js";
import { Login, takeCode } from "./panel-login.js";
import { Overview } from "./panel-overview.js";

const part = partsOf(document.body);
const { publicUrl } = document.body.dataset;
const views = new Map(); // event ID -> EventView, kept with whatever was typed into it
let scopes = [];
let deployment = null;
let looked = ""; // the page and event shown last

const can = (scope) => scopes.includes(scope) || scopes.includes("admin");
const overview = new Overview(part, { opened: (event) => go(event.event_id) });
const feed = new Feed({
  overview: (data) => tellOverview(data),
  numbers: (id, data) => views.get(id)?.live(data),
  gone: (id) => removed(id),
  bye: () => leave("Your session has ended."),
  link: (kind, why) => link.show(kind, why),
});
const link = new LinkState(part, feed);
const login = new Login(part, (who) => enter(who));

// --- signed in or not ---------------------------------------------------------------------------

function enter(who) {
  if (scopes.join() !== who.scopes.join()) forget(); // what a key may not do is not there
  scopes = who.scopes;
  say(part.who, who.name);
  say(part.scopes, scopes.join(", "));
  for (const node of document.querySelectorAll("[data-needs]")) node.hidden = !can(node.dataset.needs);
  part.app.hidden = false;
  looked = "";
  route();
}

function leave(why = "") {
  feed.stop();
  for (const view of views.values()) view.show(false);
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  part.app.hidden = true;
  login.ask(why && `${why} Sign in to go on; what you typed is still there.`);
}

function forget() {
  for (const view of views.values()) view.node.remove();
  views.clear();
  overview.clear();
  part.deployment.replaceChildren();
  deployment = null;
}

part.logout.addEventListener("click", async () => {
  try {
    await session.close();
    forget();
    leave();
  } catch (error) {
    link.show("lost", sentence(error)); // until values come again
  }
});

signedOut.addEventListener("now", () => part.app.hidden || leave("Your session has ended."));

// --- which page ---------------------------------------------------------------------------------

function chosen() {
  const [, id, tab] = /^#event\/([^/]+)(?:\/([a-z]+))?$/.exec(location.hash) ?? [];
  if (id === undefined) return { page: location.hash === "#deployment" && can("admin") ? "deployment" : "overview" };
  try {
    return { page: "event", id: decodeURIComponent(id), tab: tab ?? "live" };
  } catch {
    return { page: "overview" };
  }
}

function go(id) {
  location.hash = `#event/${encodeURIComponent(id)}`;
}

function route() {
  if (part.app.hidden) return;
  const { page, id = null, tab } = chosen();
  for (const node of document.querySelectorAll("[data-page]")) node.hidden = node.dataset.page !== page;
  for (const node of document.querySelectorAll("[data-nav]")) {
    const here = node.dataset.nav === page || (page === "event" && node.dataset.nav === "overview");
    if (here) node.setAttribute("aria-current", "page");
    else node.removeAttribute("aria-current");
  }
  for (const [key, view] of views) view.show(key === id);
  if (page === "event") showEvent(id, tab);
  if (page === "deployment") deployment ??= mountDeployment(part.deployment, { can, publicUrl });
  deployment?.show(page === "deployment");
  entitle(page, id);
  feed.watch(id);
  const now = `${page} ${id}`;
  if (looked && looked !== now) arrive(page, id);
  looked = now;
}

/** Another page: begin at its top, and let a screen reader say where one is. */
function arrive(page, id) {
  window.scrollTo(0, 0);
  const heading = page === "event" ? views.get(id)?.heading : null;
  (heading ?? document.getElementById("main")).focus({ preventScroll: true });
}

function entitle(page, id) {
  const title = views.get(id)?.title ?? id;
  document.title = { overview: "Waitroom control", deployment: "Deployment · Waitroom" }[page] ?? `${title} · Waitroom`;
}

async function showEvent(id, tab) {
  if (views.has(id)) return views.get(id).open(tab);
  tellNone("Looking…");
  try {
    const event = await events.one(id);
    if (!views.has(id)) views.set(id, viewOf(event));
    tellNone("");
  } catch (error) {
    const gone = error.status === 404 || error.status === 400;
    tellNone(gone ? "There is no such event (any more)." : sentence(error));
    if (!gone) setTimeout(() => chosen().id === id && !views.has(id) && route(), 3_000);
    return;
  }
  if (chosen().id !== id) return;
  views.get(id).show(true);
  views.get(id).open(chosen().tab);
  entitle("event", id);
  if (document.activeElement?.id === "main") views.get(id).heading.focus({ preventScroll: true });
  feed.soon();
}

function tellNone(text) {
  part.noEvent.hidden = text === "";
  say(part.noEvent, text);
}

function viewOf(event) {
  const view = new EventView(event, {
    can,
    publicUrl,
    changed: () => {
      entitle("event", event.event_id);
      feed.soon();
    },
    removed: () => removed(event.event_id),
  });
  part.eventPlace.append(view.node);
  return view;
}

function removed(id) {
  const here = chosen().id === id;
  views.get(id)?.show(false);
  views.get(id)?.node.remove();
  views.delete(id);
  if (here) location.hash = "";
  feed.soon();
}

function tellOverview(data) {
  overview.tell(data);
  for (const row of data.events) views.get(row.event_id)?.health(row);
}

window.addEventListener("hashchange", () => {
  const code = takeCode();
  if (code !== null) login.begin(code);
  else route();
});
window.addEventListener("beforeunload", (event) => {
  if ([...views.values()].some((view) => view.dirty) || deployment?.dirty) event.preventDefault();
});
part.skip.addEventListener("click", (event) => {
  event.preventDefault(); // the fragment is ours
  document.getElementById("main").focus();
});

login.begin(takeCode());

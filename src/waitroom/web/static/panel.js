// The control panel: who is signed in, which events there are, which one is looked at.
// The address keeps the choice (#event/<id>), so reload, back and bookmarks work.

import { events, session, signedOut } from "./panel-api.js";
import { EventView } from "./panel-event.js";
import { clearErrors, partsOf, say, sentence, submit } from "./panel-forms.js";
import { Health, Live } from "./panel-live.js";

const LIST_EVERY_MS = 5_000;
const part = partsOf(document.body);
const { publicUrl } = document.body.dataset;
const views = new Map(); // event ID -> EventView, kept with whatever was typed into it
let known = [];
let loaded = false;
let edition = 0; // of `known`: a list asked for before a change made here is too old to be taken

const health = new Health(part.lost, part.lostText);
const list = new Live(loadList, LIST_EVERY_MS, health.of("list"));

// --- signed in or not ---------------------------------------------------------------------------

function enter({ name, scopes }) {
  say(part.who, name);
  say(part.scopes, scopes.join(", "));
  part.login.hidden = true;
  part.app.hidden = false;
  list.start();
  route();
}

function leave(why = "") {
  list.stop();
  for (const view of views.values()) view.show(false);
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const source of ["list", ...views.keys()]) health.drop(source);
  part.app.hidden = true;
  part.login.hidden = false;
  say(part.loginError, why);
  part.loginForm.elements.key.focus();
}

async function begin() {
  try {
    enter(await session.read());
  } catch (error) {
    leave(error.status === 401 ? "" : sentence(error));
  }
}

part.loginForm.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { key } = part.loginForm.elements;
  let who = null;
  await submit(part.loginForm, async () => {
    who = await session.open(key.value.trim());
  });
  if (who === null) return key.select();
  key.value = "";
  enter(who);
});

part.logout.addEventListener("click", async () => {
  try {
    await session.close();
    forget();
    leave();
  } catch (error) {
    health.of("list")(error); // until the list comes again
  }
});

function forget() {
  for (const view of views.values()) view.node.remove();
  views.clear();
  known = [];
  loaded = false;
}

signedOut.addEventListener("now", () => {
  if (part.app.hidden) return;
  leave("Your session has ended. Sign in to go on; what you typed is still there.");
});

// --- the list -----------------------------------------------------------------------------------

async function loadList() {
  const before = edition;
  const now = await events.list();
  if (before !== edition) return;
  known = now;
  loaded = true;
  for (const event of known) views.get(event.event_id)?.update(event);
  renderList();
  route();
}

function renderList() {
  const items = known.map((event) => rowOf(event));
  const same = items.map((item) => item.outerHTML).join("") === part.list.innerHTML;
  if (!same) replaceKeepingFocus(items);
  part.none.hidden = known.length > 0;
}

function rowOf(event) {
  const item = document.getElementById("row").content.cloneNode(true).firstElementChild;
  const link = item.querySelector("a");
  const row = partsOf(item);
  link.setAttribute("href", `#event/${encodeURIComponent(event.event_id)}`);
  if (event.event_id === chosen()) link.setAttribute("aria-current", "page");
  link.dataset.state = event.state;
  row.title.textContent = event.title || event.event_id;
  row.id.textContent = event.event_id;
  row.state.textContent = event.state;
  return item;
}

function replaceKeepingFocus(items) {
  const focused = document.activeElement?.getAttribute("href");
  const had = part.list.contains(document.activeElement);
  part.list.replaceChildren(...items);
  if (had) part.list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

// --- the one looked at --------------------------------------------------------------------------

function chosen() {
  const [, id] = /^#event\/(.+)$/.exec(location.hash) ?? [];
  try {
    return id === undefined ? null : decodeURIComponent(id);
  } catch {
    return null;
  }
}

function route() {
  const id = chosen();
  const event = known.find((one) => one.event_id === id);
  if (event && !views.has(id)) views.set(id, viewOf(event));
  for (const [key, view] of views) {
    const wanted = key === id && event !== undefined;
    if (view.node.hidden !== wanted) continue;
    view.show(wanted);
    if (wanted) window.scrollTo(0, 0);
    else health.drop(key);
  }
  document.body.dataset.view = id === null ? "list" : "event";
  part.empty.hidden = event !== undefined || (id !== null && !loaded);
  say(part.empty, id === null ? "Choose an event." : "There is no such event (any more).");
  renderList();
  document.title = event ? `${event.title || id} · Waitroom` : "Waitroom control";
}

function viewOf(event) {
  const article = document.getElementById("event-view").content.cloneNode(true).firstElementChild;
  part.detail.append(article);
  const told = health.of(event.event_id);
  return new EventView(article, event, { changed: took, removed, told, publicUrl });
}

function took(event) {
  edition += 1;
  known = known.map((one) => (one.event_id === event.event_id ? event : one));
  renderList();
}

function removed(id) {
  edition += 1;
  views.get(id)?.show(false);
  views.get(id)?.node.remove();
  views.delete(id);
  known = known.filter((one) => one.event_id !== id);
  location.hash = "";
}

window.addEventListener("hashchange", route);
window.addEventListener("beforeunload", (event) => {
  if ([...views.values()].some((view) => view.dirty)) event.preventDefault();
});

// --- creating one -------------------------------------------------------------------------------

part.create.addEventListener("click", () => {
  clearErrors(part.createForm);
  part.createDialog.showModal();
});
part.createCancel.addEventListener("click", () => part.createDialog.close());
part.createForm.addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  const fields = Object.fromEntries(new FormData(part.createForm));
  const made = await submit(part.createForm, async () => {
    const event = await events.create(fields);
    edition += 1;
    known = [...known, event].sort((a, b) => (a.event_id < b.event_id ? -1 : 1));
    location.hash = `#event/${encodeURIComponent(event.event_id)}`;
  });
  if (!made) return;
  part.createForm.reset();
  part.createDialog.close();
  route();
});

begin();

// Tokens that have run out, by time, a page at a time. A request ID is a secret: it goes in the body
// of a request. When each was let in and ran out is looked up one by one, where the key may.

import { events } from "./panel-api.js";
import { partsOf, say, sentence } from "./panel-forms.js";
import { dateTime, whole } from "./panel-format.js";

const PAGE = 20;
const AT_ONCE = 4; // look-ups under way

/** Binds the section. */
export function mountExpired(root, at) {
  const part = partsOf(root);
  let pages = [null]; // behind which request ID each page so far begins
  let shown = [];
  let looked = false;
  let round = 0;

  async function look() {
    const mine = (round += 1);
    say(part.fault, "");
    for (const button of [part.first, part.next, part.again]) button.disabled = true;
    try {
      const found = await events.expired(at.eventId, PAGE + 1, pages[pages.length - 1]);
      if (mine !== round) return;
      shown = found.slice(0, PAGE);
      fill(part, shown);
      say(part.told, toldOf(shown.length, pages.length));
      part.next.disabled = found.length <= PAGE;
    } catch (error) {
      if (mine !== round) return;
      say(part.fault, sentence(error));
    }
    part.first.disabled = pages.length === 1;
    part.again.disabled = false;
    looked = true;
    if (at.can("session")) await lookUp(at, part.rows, shown, () => mine === round);
  }

  part.next.addEventListener("click", () => {
    pages.push(shown[shown.length - 1]);
    look();
  });
  part.first.addEventListener("click", () => {
    pages = [null];
    look();
  });
  part.again.addEventListener("click", look);
  return { show: (visible) => visible && !looked && look() };
}

const toldOf = (count, page) => {
  if (count === 0) return page === 1 ? "No token has run out." : "No later ones.";
  return `${count === 1 ? "1 token" : `${whole(count)} tokens`}, page ${page}.`;
};

function fill({ box, rows }, ids) {
  box.hidden = ids.length === 0;
  rows.replaceChildren(
    ...ids.map((id) => {
      const row = document.createElement("tr");
      const head = Object.assign(document.createElement("th"), { scope: "row" });
      head.append(Object.assign(document.createElement("code"), { textContent: id }));
      row.append(head, ...["Number", "Let in", "Ran out"].map(cell));
      return row;
    }),
  );
}

function cell(label) {
  const td = Object.assign(document.createElement("td"), { textContent: "–" });
  td.dataset.label = label; // where the table has no room for columns
  return td;
}

async function lookUp(at, rows, ids, stillWanted) {
  const waiting = ids.map((id, index) => [id, rows.children[index]]);
  const worker = async () => {
    while (waiting.length > 0 && stillWanted()) {
      const [id, row] = waiting.shift();
      const found = await events.session(at.eventId, id).catch(() => null);
      if (found === null || !stillWanted()) continue;
      const { position, issued_at: from, expires_at: to } = found;
      const texts = [whole(position), from ? dateTime(from) : "–", to ? dateTime(to) : "–"];
      texts.forEach((text, index) => (row.children[index + 1].textContent = text));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

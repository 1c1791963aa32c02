// How a site is put behind the line: the event's addresses, and what to write into which gate. The
// texts are panel-snippets.js's.

import { copyButton } from "./panel-copy.js";
import { partsOf, say } from "./panel-forms.js";
import { addresses, snippets } from "./panel-snippets.js";

const ADDRESSES = [
  ["Waiting-room page", "page"],
  ["Way in, for links", "enter"],
  ["Check for gates", "verify"],
  ["OpenID Connect issuer", "issuer"],
  ["Key set", "jwks"],
];

/** Binds the section. */
export function mountConnect(root, at) {
  const part = partsOf(root);
  const codes = new Map();
  for (const [label, name] of ADDRESSES) {
    const dt = Object.assign(document.createElement("dt"), { textContent: label });
    const dd = Object.assign(document.createElement("dd"), { className: "with-copy" });
    const code = document.createElement("code");
    dd.append(code, copyButton(code, label));
    codes.set(name, code);
    part.addresses.append(dt, dd);
  }
  part.snippetCopy.append(copyButton(part.snippet, "the configuration"));
  for (const { name, label } of snippets(addresses(at.event, at.publicUrl))) {
    part.kind.append(new Option(label, name));
  }

  function show() {
    const known = { ...addresses(at.event, at.publicUrl), validity: at.event.validity_period };
    for (const [name, code] of codes) say(code, known[name]);
    const chosen = snippets(known).find(({ name }) => name === part.kind.value);
    say(part.about, chosen.about);
    say(part.snippet, chosen.text);
    say(part.file, chosen.file);
    say(part.doc, chosen.doc);
    part.docBox.hidden = chosen.doc === chosen.file;
    part.noTarget.hidden = at.event.target_url !== "" || at.event.return_urls.length > 0;
  }

  part.kind.addEventListener("change", show);
  show();
  return { update: show };
}

// The visitor's language: the one that fits, and the list to choose another from. The texts are in
// words.js and its catalogues.

import { LANGUAGES, speak, wantedLanguages } from "./words.js";

const KEY = "waitroom:language";

/** The words to begin with. Throws while no catalogue can be had. */
export function firstWords() {
  return speak(wantedLanguages(location.search, remembered(), navigator.languages));
}

/**
 * Fill the list of languages and show it.
 * @param {HTMLSelectElement} list
 * @param {string} present code of the language that is spoken now
 * @param {(words: import("./words.js").Words) => void} chosen called when another was chosen
 */
export function offerLanguages(list, present, chosen) {
  for (const [code, { name }] of Object.entries(LANGUAGES)) {
    const option = Object.assign(document.createElement("option"), { value: code, lang: code });
    option.textContent = name;
    list.append(option);
  }
  list.value = present;
  list.hidden = false;
  let spoken = present;
  list.addEventListener("change", async () => {
    remember(list.value);
    const wanted = list.value;
    const words = await speak([wanted]).catch(() => null);
    if (wanted !== list.value) return; // chosen anew meanwhile
    const had = words?.lang === wanted; // else the texts could not be fetched, and it stays as it was
    if (had) spoken = wanted;
    list.value = spoken;
    if (had) chosen(words);
  });
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(code) {
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // then it is for this page only
  }
}

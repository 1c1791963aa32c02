// The texts of pages, in the visitor's language: which of ours that is, its catalogue, and a message
// of it in words. No DOM; what is said where is in room-words.js, the texts in words/*.ftl.
// What must change with it: words.py, which says the same for pages that are made on the server.

import { FluentBundle, FluentResource } from "./fluent/bundle.js";

/** The languages that there is a catalogue of, each by the name that its speakers give it. */
export const LANGUAGES = Object.freeze({
  en: { name: "English", dir: "ltr" },
  de: { name: "Deutsch", dir: "ltr" },
  fr: { name: "Français", dir: "ltr" },
  es: { name: "Español", dir: "ltr" },
  pt: { name: "Português", dir: "ltr" },
  it: { name: "Italiano", dir: "ltr" },
  nl: { name: "Nederlands", dir: "ltr" },
  pl: { name: "Polski", dir: "ltr" },
  tr: { name: "Türkçe", dir: "ltr" },
  ar: { name: "العربية", dir: "rtl" },
  he: { name: "עברית", dir: "rtl" },
  hi: { name: "हिन्दी", dir: "ltr" },
  ja: { name: "日本語", dir: "ltr" },
  ko: { name: "한국어", dir: "ltr" },
  zh: { name: "简体中文", dir: "ltr" },
});

const FALLBACK = "en";
const MOST_WANTED = 20; // language tags that are looked at; the rest is nobody's honest wish
const TRIES = 3;
const PATIENCE_MS = 10_000; // for one try

/**
 * The language tags that a visitor would like, dearest first: those of the page's address (`lang`,
 * or `ui_locales` of OpenID Connect), the one chosen on an earlier visit, those of the browser.
 *
 * @param {string} locationSearch
 * @param {string | null | undefined} stored
 * @param {readonly string[] | undefined} browser
 * @returns {string[]}
 */
export function wantedLanguages(locationSearch, stored, browser) {
  const query = new URLSearchParams(locationSearch);
  const asked = ["lang", "ui_locales"].flatMap((name) => (query.get(name) ?? "").split(" "));
  return [...asked, stored ?? "", ...(browser ?? [])].filter(Boolean).slice(0, MOST_WANTED);
}

/**
 * The words of the first wanted language that we have, else of English. What its catalogue lacks is
 * said in English.
 *
 * @param {readonly string[]} wanted language tags (BCP 47), dearest first
 * @returns {Promise<Words>}
 * @throws {Error} neither that catalogue nor the English one could be fetched
 */
export async function speak(wanted) {
  const { code, locale } = chosen(wanted);
  const own = await catalogue(code).catch((error) => (code === FALLBACK ? raise(error) : null));
  if (own === null) return new Words(FALLBACK, [bundle(FALLBACK, await catalogue(FALLBACK))]);
  const bundles = [bundle(locale, own)];
  if (code !== FALLBACK) later(bundles); // nobody waits for what is hardly ever needed
  return new Words(code, bundles);
}

/** A language, and what it says of each message. */
export class Words {
  #bundles;
  #foreign;

  /** @param {string} code @param {FluentBundle[]} bundles asked in this order */
  constructor(code, bundles) {
    this.lang = code;
    this.dir = LANGUAGES[code].dir;
    this.#bundles = bundles;
    this.#foreign = this.dir === "rtl" ? LEFT_TO_RIGHT : RIGHT_TO_LEFT;
  }

  /**
   * The message `id`, or its attribute if `id` is "message.attribute". Numbers and dates among
   * `args` are written as the language writes them.
   *
   * @param {string} id
   * @param {Record<string, string | number | Date>} [args]
   */
  say(id, args = {}) {
    const [name, attribute] = id.split(".");
    for (const bundle of this.#bundles) {
      const message = bundle.getMessage(name);
      const pattern = attribute ? message?.attributes[attribute] : message?.value;
      if (pattern) return bundle.formatPattern(pattern, this.#apart(args), []);
    }
    return id;
  }

  // Text that runs the other way is set apart, so that it does not tear up the sentence around it
  // (UAX #9, first strong isolate). All other text is left as it is: the marks would end up in
  // whatever is copied, and in titles.
  #apart(args) {
    const apart = (value) =>
      typeof value === "string" && this.#foreign.test(value) ? `\u2068${value}\u2069` : value;
    return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, apart(value)]));
  }
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const LEFT_TO_RIGHT = /(?![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}])\p{L}/u;

/** The first of our languages among the tags, and the tag itself, whose region writes the numbers. */
function chosen(wanted) {
  for (const tag of wanted) {
    const found = locale(tag);
    if (found && Object.keys(LANGUAGES).includes(found.language)) {
      return { code: found.language, locale: found.baseName };
    }
  }
  return { code: FALLBACK, locale: FALLBACK };
}

function locale(tag) {
  try {
    return new Intl.Locale(tag); // knows old names too: iw is he
  } catch {
    return null;
  }
}

function bundle(locale, resource) {
  const made = new FluentBundle(locale, { useIsolating: false }); // see Words.#apart
  made.addResource(resource);
  return made;
}

function later(bundles) {
  catalogue(FALLBACK).then(
    (resource) => bundles.push(bundle(FALLBACK, resource)),
    () => {},
  );
}

async function catalogue(code) {
  const url = new URL(`./words/${code}.ftl`, import.meta.url);
  for (let tried = 1; ; tried += 1) {
    try {
      return new FluentResource(await fetched(url));
    } catch (error) {
      if (tried === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * tried));
    }
  }
}

async function fetched(url) {
  const impatient = new AbortController();
  const timer = setTimeout(() => impatient.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(url, { signal: impatient.signal });
    if (!answer.ok) throw new Error(`${url.pathname}: ${answer.status}`);
    return await answer.text();
  } finally {
    clearTimeout(timer);
  }
}

function raise(error) {
  throw error;
}

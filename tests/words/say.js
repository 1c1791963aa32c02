// Says messages as the browser does, for tests/words/test_both_sides.py: words.js and its library as
// they are, with files in place of the network. A line of JSON in, a line of JSON out.

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

globalThis.fetch = async (url) => {
  try {
    const text = await readFile(url, "utf8");
    return { ok: true, status: 200, text: async () => text };
  } catch {
    return { ok: false, status: 404 };
  }
};

const { LANGUAGES, speak, wantedLanguages } = await import(process.argv[2]);

const commands = {
  languages: () => LANGUAGES,
  wanted: ({ search, stored, browser }) => wantedLanguages(search, stored, browser),
  async say({ wanted, said }) {
    const words = await speak(wanted);
    return { lang: words.lang, dir: words.dir, said: said.map(([id, args]) => words.say(id, args)) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  console.log(JSON.stringify(await commands[asked.command](asked)));
}

// What has been typed and not sent, beside what the server has: field by field, so that nothing
// typed is lost when somebody else changes the same event. No DOM: a field is {name, read, write}.

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export class Draft {
  #fields;
  #saved = new Map(); // field name -> the server's value as the field reads it
  #server = new Map(); // field name -> the server's value, letter by letter
  #theirs = new Map(); // field name -> what somebody else made of it while it was being edited

  /** @param {{name: string, read: () => unknown, write: (value: unknown) => void}[]} fields */
  constructor(fields, values) {
    this.#fields = new Map(fields.map((field) => [field.name, field]));
    for (const name of this.#fields.keys()) this.#put(name, values[name]);
  }

  /** Names of the fields that read otherwise than the server's values. */
  get touched() {
    return [...this.#fields.keys()].filter((name) => !same(this.read(name), this.#saved.get(name)));
  }

  /** Names of the fields that were edited here and elsewhere, and what they are there. */
  get conflicts() {
    return new Map(this.#theirs);
  }

  read(name) {
    return this.#fields.get(name).read();
  }

  /** What the server has, as far as is known, of the fields that are not touched: as typed. */
  get values() {
    return Object.fromEntries([...this.#fields.keys()].map((name) => [name, this.read(name)]));
  }

  /** The touched fields and what they read. */
  get changes() {
    return Object.fromEntries(this.touched.map((name) => [name, this.read(name)]));
  }

  /**
   * Take over the server's values: what is not being edited changes at once, the rest is a conflict.
   * @returns {string[]} names of the fields that were changed at once
   */
  merge(values) {
    const moved = [];
    for (const name of this.#fields.keys()) {
      if (same(values[name], this.#server.get(name))) continue;
      this.#server.set(name, values[name]);
      const typed = this.read(name);
      if (same(typed, this.#saved.get(name))) {
        this.#put(name, values[name]);
        moved.push(name);
      } else if (same(typed, values[name])) this.#put(name, values[name]);
      else if (same(values[name], this.#saved.get(name))) this.#theirs.delete(name); // as it was
      else this.#theirs.set(name, values[name]);
    }
    return moved;
  }

  /** What was sent is saved now; what was typed on meanwhile stays. */
  settle(sent, values) {
    for (const [name, value] of Object.entries(sent)) {
      if (same(this.read(name), value)) this.#put(name, values[name]);
      else this.#saved.set(name, value);
      this.#server.set(name, values[name]);
      this.#theirs.delete(name);
    }
    return this.merge(values);
  }

  /** Of a conflict: what was typed here stays, and is what will be saved. */
  keepMine(name) {
    this.#saved.set(name, this.#theirs.get(name));
    this.#theirs.delete(name);
  }

  /** Of a conflict: what it was made elsewhere. */
  takeTheirs(name) {
    this.#put(name, this.#theirs.get(name));
  }

  /** Drop what was typed. */
  drop() {
    for (const name of this.touched) {
      this.#put(name, this.#theirs.has(name) ? this.#theirs.get(name) : this.#saved.get(name));
    }
  }

  #put(name, value) {
    const field = this.#fields.get(name);
    field.write(value);
    this.#saved.set(name, field.read());
    this.#server.set(name, value);
    this.#theirs.delete(name);
  }
}

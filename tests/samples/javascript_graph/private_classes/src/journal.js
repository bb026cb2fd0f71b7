export class Journal {
  #rows = [];

  constructor(name) {
    this.name = name;
  }

  write(kind, amount) {
    this.#check(kind);
    this.#rows.push(Row.of(kind, amount));
  }

  #check(kind) {
    if (!Journal.kinds().includes(kind)) {
      throw new Error(kind);
    }
  }

  static kinds() {
    return ["deposit", "transfer"];
  }

  get last() {
    return this.#rows.at(-1);
  }

  balance() {
    return this.#rows.reduce((sum, row) => sum + row.worth(), 0);
  }
}

class Row {
  static of(kind, amount) {
    const row = new Row();
    row.kind = kind;
    row.amount = amount;
    return row;
  }

  worth() {
    return this.amount;
  }
}

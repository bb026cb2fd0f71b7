/** A row of a store. */
export class Item {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  label() {
    return this.name.toUpperCase();
  }
}

export class Store {
  constructor() {
    /** @type {Map<string, Item>} */
    this.items = new Map();
  }

  /** @param {Item} item */
  add(item) {
    this.items.set(item.label(), item);
    return this;
  }

  /**
   * @param {string} name
   * @returns {Item}
   */
  get(name) {
    return this.items.get(name) ?? new Item(name);
  }
}

export class Archive {
  add(item) {
    return item;
  }

  get(name) {
    return name;
  }

  label() {
    return "archive";
  }
}

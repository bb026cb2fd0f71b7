import { Archive, Item, Store } from "./store.js";

/** @typedef {import("./store.js").Item} Thing */

/**
 * @param {Store} store
 * @param {string} name
 */
export function order(store, name) {
  const item = store.get(name);
  return item.label();
}

/** @param {Thing[]} things */
export function labels(things) {
  return things.map((thing) => thing.label());
}

/** @type {(archive: Archive) => string} */
export const archived = (archive) => archive.label();

/** @returns {Store} */
export function openStore() {
  return cached("store");
}

function cached(name) {
  return JSON.parse("{}")[name] ?? new Store();
}

export function opened() {
  return openStore().add(new Item("pen")).get("PEN");
}

export function untyped(store, name) {
  return store.get(name).label();
}

export class Desk {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Archive | null} */
    this.archive = null;
    this.own = new Archive();
  }

  close(name) {
    this.store.add(this.store.get(name));
    this.archive?.add(name);
    return this.own.get(name);
  }
}

import { archived, Desk, labels, opened, openStore, order, untyped } from "./src/orders.js";
import { Archive, Item } from "./src/store.js";

const store = openStore();
store.add(new Item("ink"));

const desk = new Desk(store);
const rows = [
  order(store, "ink"),
  labels([new Item("pad")]),
  archived(new Archive()),
  opened().label(),
  untyped(store, "ink"),
  desk.close("ink"),
];
console.log(rows);

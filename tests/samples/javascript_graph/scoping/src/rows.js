// A function of the same name as one in another file, and one named like a global.
import { Sheet } from "./shadow.js";

export function area(rows) {
  return rows.length;
}

export function parseInt(text) {
  return Number(text);
}

export function table(rows) {
  const { length } = rows;
  const [first, ...rest] = rows.map(parseInt);
  return area(rest) + first + length + globalThis.parseInt("3", 10);
}

export function sheet(text = String(parseInt("4"))) {
  const made = new Sheet();
  return made.multiply(parseInt(text)) + Sheet.area(1) + made.area();
}

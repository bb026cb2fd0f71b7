// Old code, not yet converted; some of what it imports has been.
import { Config } from "./config.js";
import { clamp } from "./numbers.js";

export class Meter {
  constructor(limit) {
    this.config = new Config();
    this.limit = limit;
  }

  read(value) {
    return clamp(value, 0, this.limit) + this.config.get("offset");
  }

  get(name) {
    return this[name];
  }
}

export function average(values) {
  return total(values) / values.length;
}

function total(values) {
  return values.reduce((sum, value) => sum + clamp(value, 0, 100), 0);
}

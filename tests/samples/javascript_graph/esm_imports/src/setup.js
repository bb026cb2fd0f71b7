// Imported for what it does.
import { kelvin as unit } from "./layout.js";

export const settings = new Map();

function configure(name, value) {
  settings.set(name, value);
}

configure("unit", unit());

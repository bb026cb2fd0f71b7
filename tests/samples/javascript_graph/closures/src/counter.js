import { clean as tidy } from "./clean.js";

let count = 0;

const next = () => {
  count += 1;
  return count;
};

export function makeCounter(name) {
  let own = 0;
  const label = () => tidy(name);
  const next = () => {
    own += 1;
    return own;
  };
  const reset = () => {
    own = 0;
    return next();
  };
  return [next, reset, label];
}

export function globalNext() {
  return next();
}

export function each(rows, visit) {
  for (const row of rows) {
    visit(row);
  }
}

export function countAll(rows) {
  each(rows, () => next());
  each(rows, (row) => {
    const clean = (text) => text + row;
    clean("x");
  });
  return count;
}

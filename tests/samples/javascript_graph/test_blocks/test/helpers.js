import { Slugger } from "../src/slug.js";

export function makeSlugger(...texts) {
  const slugger = new Slugger();
  for (const text of texts) {
    slugger.make(text);
  }
  return slugger;
}

export function check(actual, expected) {
  if (actual !== expected) {
    fail(`${actual} is not ${expected}`);
  }
}

function fail(message) {
  throw new Error(message);
}

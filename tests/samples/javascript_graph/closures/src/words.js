import { apply, clean, makeCleaner, shout } from "./clean.js";

export function sortWords(words) {
  return words
    .map((word) => clean(word))
    .filter((word) => word.length > 0)
    .sort((left, right) => {
      const key = (word) => shout(word);
      return key(left) < key(right) ? -1 : 1;
    });
}

export function passOn(text) {
  return apply(shout, text);
}

export function passLambda(text) {
  return apply((word) => shout(word) + clean(word), text);
}

export const immediate = (() => {
  const word = clean(" now ");
  return word;
})();

export function returned(text) {
  return makeCleaner("!")(text);
}

export function kept(text) {
  const cleaner = makeCleaner("?");
  return cleaner(text);
}

export function recurse(depth) {
  const down = (left) => (left > 0 ? down(left - 1) : shout("bottom"));
  return depth > 3 ? recurse(depth - 1) : down(depth);
}

export function nested(groups) {
  return groups.map((group) => group.map((word) => clean(word)).map(shout));
}

export function later(done) {
  setTimeout(() => {
    done(clean(" later "));
  }, 1);
}

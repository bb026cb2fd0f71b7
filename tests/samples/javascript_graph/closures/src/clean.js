export function clean(text) {
  return text.trim();
}

export const shout = (text) => text.toUpperCase();

export function makeCleaner(suffix) {
  const finish = (text) => text + suffix;

  function cleaner(text) {
    const again = () => clean(text);
    return finish(again());
  }

  return cleaner;
}

export function apply(action, text) {
  return action(text);
}

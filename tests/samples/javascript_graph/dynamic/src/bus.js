const listeners = new Map();

export function on(event, listener) {
  if (!listeners.has(event)) {
    listeners.set(event, []);
  }
  listeners.get(event).push(listener);
}

export function emit(event, ...args) {
  for (const listener of listeners.get(event) ?? []) {
    listener(...args);
  }
}

export function compose(...steps) {
  return (value) => steps.reduce((result, step) => step(result), value);
}

export function has(event) {
  return listeners.has(event);
}

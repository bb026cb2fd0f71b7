// Hooks for one rendering of one component, to text.
export type Child = string | number | null | Child[];

const effects: Array<() => void> = [];

export function h(type: unknown, props: Record<string, unknown> | null, ...children: Child[]): string {
  if (typeof type === "function") {
    return type({ ...props, children });
  }
  return `<${type}>${children.flat().join("")}</${type}>`;
}

export function useState<T>(first: T | (() => T)): [T, (next: T) => void] {
  const value = first instanceof Function ? first() : first;
  return [value, () => {}];
}

export function useEffect(effect: () => void): void {
  effects.push(effect);
}

export function useCallback<F>(callback: F): F {
  return callback;
}

export function useReducer<S, A>(reducer: (state: S, action: A) => S, state: S): [S, (action: A) => S] {
  return [state, (action) => reducer(state, action)];
}

export function flush(): void {
  for (const effect of effects.splice(0)) {
    effect();
  }
}

declare global {
  namespace JSX {
    type Element = string;
    interface ElementChildrenAttribute {
      children: {};
    }
    interface IntrinsicElements {
      [name: string]: any;
    }
  }
}

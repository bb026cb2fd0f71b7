import { api, type Item } from "./api";
import { useCallback, useEffect, useReducer, useState } from "./runtime";

export type Action = { kind: "add"; item: Item } | { kind: "clear" };

function reducer(items: Item[], action: Action): Item[] {
  switch (action.kind) {
    case "add":
      return append(items, action.item);
    case "clear":
      return [];
  }
}

function append(items: Item[], item: Item): Item[] {
  return [...items, item];
}

export function useItems() {
  const [items, dispatch] = useReducer(reducer, api.load());
  const add = useCallback((item: Item) => {
    api.save(item);
    dispatch({ kind: "add", item });
  });

  useEffect(() => {
    api.nested.load();
  });

  return { items, add };
}

export const useCounter = (start: number) => {
  const [count, setCount] = useState(() => double(start));
  const increment = () => setCount(count + 1);
  useLog(count);
  return { count, increment };
};

export function useLog(value: number): void {
  useEffect(() => console.log("effect", value));
}

function double(value: number): number {
  return value * 2;
}

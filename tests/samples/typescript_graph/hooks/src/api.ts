export interface Item {
  id: number;
  name: string;
}

export const api = {
  load(): Item[] {
    return request("items");
  },
  save: (item: Item): number => {
    log(item.name);
    return item.id;
  },
  nested: {
    load: (): string => "nested",
  },
};

function request(path: string): Item[] {
  return [{ id: path.length, name: path }];
}

export function log(text: string): void {
  void text;
}

export function load(): string {
  return "not the items";
}

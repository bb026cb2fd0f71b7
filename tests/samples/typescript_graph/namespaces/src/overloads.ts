export function parse(text: string): number;
export function parse(text: string, list: true): number[];
export function parse(text: string, list = false): number | number[] {
  return list ? split(text).map(Number) : one(text);
}

function split(text: string): string[] {
  return text.split(" ");
}

function one(text: string): number {
  return Number(text);
}

export class Finder {
  find(id: number): string;
  find(name: string, exact: boolean): string[];
  find(key: number | string, exact = true): string | string[] {
    if (typeof key === "number") {
      return this.byId(key);
    }
    return this.byName(key, exact);
  }

  private byId(id: number): string {
    return String(id);
  }

  private byName(name: string, exact: boolean): string[] {
    return exact ? [name] : [name, `${name}s`];
  }
}

export function overload(value: string): string;
export function overload(value: number): Finder;
export function overload(value: string | number): string | Finder {
  return typeof value === "string" ? value : new Finder();
}

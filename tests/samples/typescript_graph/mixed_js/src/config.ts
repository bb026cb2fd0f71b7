import defaults, { merge } from "./defaults.cjs";

export class Config {
  private readonly values: Record<string, number>;

  constructor(values: Record<string, number> = {}) {
    this.values = merge(defaults.base(), values);
  }

  get(name: string): number {
    return this.values[name] ?? 0;
  }

  read(): string[] {
    return Object.keys(this.values);
  }
}

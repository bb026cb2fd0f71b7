import { FileStorage, MemoryStorage, nullStorage } from "./memory.js";
import type { BaseStorage, Named, Readable, Storage } from "./storage.js";

export function read(from: Readable, key: string): string {
  return from.get(key) ?? "";
}

export function copy(from: Storage, to: Storage, key: string): void {
  to.set(key, read(from, key));
  from.remove?.(key);
}

export function describe(thing: Named): string {
  return thing.describe();
}

export function store(base: BaseStorage): string {
  base.set("a", "1");
  return base.describe();
}

export function both(thing: Named & Readable): string {
  return thing.describe() + thing.get("x");
}

export class Service {
  private readonly memory = new MemoryStorage();

  constructor(
    private readonly storage: Storage,
    private readonly fallback: Readable = new FileStorage(),
  ) {}

  get(key: string): string {
    return this.storage.get(key) ?? this.fallback.get(key) ?? "";
  }

  keep(key: string): void {
    this.memory.set(key, this.get(key));
    nullStorage.set(key, "");
  }
}

import { BaseStorage, type Named, type Storage } from "./storage.js";

export class MemoryStorage extends BaseStorage {
  readonly name = "memory";
  private rows = new Map<string, string>();

  get(key: string): string | undefined {
    return this.rows.get(key);
  }

  remove(key: string): boolean {
    return this.rows.delete(key);
  }

  protected write(key: string, value: string): void {
    this.rows.set(key, value);
  }
}

export class FileStorage implements Storage, Named {
  readonly name = "file";
  private text = "";

  get(key: string): string | undefined {
    return this.lines().find((line) => line.startsWith(key));
  }

  set(key: string, value: string): void {
    this.text += `${key}=${value}\n`;
  }

  describe(): string {
    return this.name;
  }

  private lines(): string[] {
    return this.text.split("\n");
  }
}

export const nullStorage: Storage = {
  get() {
    return undefined;
  },
  set() {},
};

export interface Readable {
  get(key: string): string | undefined;
}

export interface Storage extends Readable {
  set(key: string, value: string): void;
  remove?(key: string): boolean;
}

export interface Named {
  readonly name: string;
  describe(): string;
}

export abstract class BaseStorage implements Storage, Named {
  abstract readonly name: string;

  abstract get(key: string): string | undefined;

  set(key: string, value: string): void {
    this.write(key, value);
    this.written(key);
  }

  describe(): string {
    return `${this.name} (${this.count()})`;
  }

  protected abstract write(key: string, value: string): void;

  protected written(key: string): void {
    log(key);
  }

  private count(): number {
    return 0;
  }
}

function log(text: string): void {
  void text;
}

export class Click {
  readonly kind = "click";

  constructor(readonly x: number) {}

  send(): string {
    return `click ${this.x}`;
  }
}

export class Key {
  readonly kind = "key";

  constructor(readonly code: string) {}

  send(): string {
    return `key ${this.code}`;
  }

  repeat(times: number): string {
    return this.code.repeat(times);
  }
}

export class Scroll {
  readonly kind = "scroll";

  send(): string {
    return "scroll";
  }

  stop(): void {}
}

export type Input = Click | Key | Scroll;

export function isKey(input: Input): input is Key {
  return input.kind === "key";
}

export function assertScroll(input: unknown): asserts input is Scroll {
  if (!(input instanceof Scroll)) {
    throw fail("not a scroll");
  }
}

function fail(message: string): Error {
  return new Error(message);
}

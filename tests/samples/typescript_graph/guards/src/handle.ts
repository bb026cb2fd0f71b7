import { assertScroll, Click, type Input, isKey, Key, Scroll } from "./events.js";

export function any(input: Input): string {
  return input.send();
}

export function byKind(input: Input): string {
  switch (input.kind) {
    case "click":
      return input.send();
    case "key":
      return input.repeat(2);
    default:
      input.stop();
      return "";
  }
}

export function byClass(input: Click | Key): string {
  if (input instanceof Click) {
    return input.send();
  }
  return input.repeat(1);
}

export function byGuard(input: Input): string {
  if (isKey(input)) {
    return input.send();
  }
  return "other";
}

export function byAssertion(input: unknown): string {
  assertScroll(input);
  return input.send();
}

export function byProperty(input: Click | Key): string {
  return "repeat" in input ? input.send() : "none";
}

export function early(input?: Key | null): string {
  if (!input) {
    return "nothing";
  }
  return input.send();
}

export function found(inputs: Input[]): string | undefined {
  const key = inputs.find(isKey);
  return key?.send();
}

export function keysOnly(inputs: Input[]): string[] {
  return inputs.filter(isKey).map((key) => key.repeat(1));
}

export const handlers = {
  click: (input: Click) => input.send(),
  key(input: Key) {
    return input.repeat(3);
  },
} satisfies Record<string, (input: never) => string>;

export function dispatch(): string {
  return handlers.click(new Click(1)) + handlers.key(new Key("k"));
}

export function dynamic(name: keyof typeof handlers, input: any): string {
  return handlers[name](input as never);
}

export function channel(socket: { send(text: string): number }): number {
  return socket.send("raw");
}

export function made<C extends Click>(make: new (x: number) => C): C {
  return new make(3);
}

export function instance(): string {
  return made(Click).send();
}

export function held(): string {
  const type = Scroll;
  return new type().send();
}

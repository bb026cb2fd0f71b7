import type { Drawn } from "./circle";

export default class Square implements Drawn {
  constructor(readonly side: number) {}

  area(): number {
    return this.side ** 2;
  }

  draw(): string {
    return "[]";
  }
}

export function unit(): Square {
  return new Square(1);
}

export function square(side: number): Square {
  return new Square(side);
}

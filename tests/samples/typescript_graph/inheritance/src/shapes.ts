import { Shape } from "./base.js";
import * as base from "./base.js";

export class Rectangle extends Shape {
  constructor(
    readonly width: number,
    readonly height: number,
    name = "rectangle",
  ) {
    super(name);
  }

  area(): number {
    return this.width * this.height;
  }

  describe(): string {
    return `[${super.describe()}]`;
  }
}

export class Square extends Rectangle {
  constructor(side: number) {
    super(side, side, "square");
  }

  protected title(): string {
    return super.title().toUpperCase();
  }

  diagonal(): number {
    return Math.sqrt(this.area() * 2);
  }

  static create(name: string): string {
    return super.create(name) + Square.count();
  }
}

export class Unit extends Square {
  protected init(): void {
    super.init();
    this.note("unit");
  }

  private note(text: string): string {
    return text + this.title();
  }
}

export class Blank extends base.Unnamed {
  describe(): string {
    return super.describe() + this.title();
  }
}

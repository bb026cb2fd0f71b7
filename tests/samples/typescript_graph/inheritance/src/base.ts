export abstract class Shape {
  protected static made = 0;

  constructor(protected readonly name: string) {
    Shape.made += 1;
    this.init();
  }

  protected init(): void {}

  abstract area(): number;

  describe(): string {
    return `${this.title()} of ${this.area()}`;
  }

  protected title(): string {
    return this.name;
  }

  static count(): number {
    return Shape.made;
  }

  static create(name: string): string {
    return `shape ${name}`;
  }
}

export class Unnamed {
  describe(): string {
    return "unnamed";
  }

  title(): string {
    return "";
  }
}

import { Unnamed } from "./base.js";

export class Labelled extends Unnamed {
  label = "";

  setLabel(label: string): this {
    this.label = label;
    return this;
  }
}

export class Tagged extends Labelled {
  tags: string[] = [];

  tag(name: string): this {
    this.tags.push(name);
    return this.setLabel(name);
  }

  describe(): string {
    return this.label || super.describe();
  }

  title(): string {
    return [super.title(), ...this.tags].join();
  }
}

export class Failure extends Error {
  constructor(
    message: string,
    readonly code = 1,
  ) {
    super(message);
  }

  describe(): string {
    return `${this.code}: ${this.toString()}`;
  }
}

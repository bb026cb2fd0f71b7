// Many of them can be watered, so the name alone says nothing.
export class Rose {
  water(): string {
    return "rose";
  }

  prune(): this {
    return this;
  }

  neighbour(): Fern | undefined {
    return new Fern();
  }
}

export class Fern {
  water(): string {
    return "fern";
  }

  spread(): Fern[] {
    return [new Fern(), new Fern()];
  }
}

export class Cactus {
  water(): string {
    return "cactus";
  }
}

export type Thirsty = Rose | Fern;

export interface Waterable {
  water(): string;
}

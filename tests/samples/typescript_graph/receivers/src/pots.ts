import { Cactus, Fern, Rose, type Waterable } from "./plants.js";

export class Pot<T extends Waterable> {
  spare?: Fern;
  private shelf: Map<string, Cactus> = new Map();
  own = new Fern();

  constructor(
    public plant: T,
    protected readonly guest: Cactus | null = null,
  ) {}

  water(): string {
    for (const cactus of this.shelf.values()) {
      cactus.water();
    }
    this.own.spread();
    this.guest?.water();
    return this.plant.water();
  }

  waterSpare(): string {
    return this.spare!.water();
  }

  map<U extends Waterable>(change: (plant: T) => U): Pot<U> {
    return new Pot(change(this.plant));
  }
}

export class Box<T> {
  constructor(readonly value: T) {}

  get(): T {
    return this.value;
  }
}

export function box<T>(value: T): Box<T> {
  return new Box(value);
}

export function rosePot(): Pot<Rose> {
  return new Pot(new Rose());
}

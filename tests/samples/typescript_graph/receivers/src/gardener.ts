import { Cactus, Fern, type Rose } from "./plants.js";
import { Pot } from "./pots.js";
import { box } from "./pots.js";

export class Gardener {
  favourite!: Cactus;
  hedge: Fern[] = [];
  readonly #pots: Pot<Rose>[];

  constructor(private rows: Rose[], pots: Pot<Rose>[]) {
    this.#pots = pots;
  }

  round(): void {
    this.favourite.water();
    this.rows.forEach((plant) => plant.water());
    for (const plant of this.hedge) {
      plant.spread();
    }
  }

  potsRound = (): void => {
    for (const pot of this.#pots) {
      pot.water();
    }
  };

  adopt(plant: Cactus): this {
    this.favourite = box(plant).get();
    return this;
  }

  allDay(): void {
    this.adopt(new Cactus()).round();
    return new Gardener([], []).potsRound();
  }
}

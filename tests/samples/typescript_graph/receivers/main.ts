import { Gardener } from "./src/gardener.js";
import { Cactus, Fern, Rose } from "./src/plants.js";
import { Pot, rosePot } from "./src/pots.js";
import * as tending from "./src/tending.js";

const rose = new Rose();
const fern = new Fern();
const cactus = new Cactus();
const pot = new Pot(rose, cactus);
pot.spare = fern;

tending.parameter(rose);
tending.throughModule(fern);
tending.optional(rose);
tending.either(cactus);
tending.aliased(fern);
tending.each([rose]);
tending.eachReadonly([fern]);
tending.values({ cactus });
tending.first([rose]);
tending.paired([rose, fern]);
tending.named({ plant: cactus, count: 2 });
tending.narrowed(cactus);
tending.asserted(fern);
tending.bounded(rose);
tending.variable();
tending.throughField(pot);
tending.generic();
tending.mapped();
tending.unknownPlant(rose);
tending.unknownRow([fern]);

const gardener = new Gardener([rose], [rosePot()]);
gardener.hedge.push(fern);
gardener.allDay();
gardener.potsRound();
console.log(pot.water(), pot.waterSpare());

import * as plants from "./plants.js";
import { Cactus, Fern, Rose, type Thirsty } from "./plants.js";
import { Box, box, Pot, rosePot } from "./pots.js";

export function parameter(plant: Rose): string {
  return plant.water();
}

export function throughModule(plant: plants.Fern): string {
  return plant.water();
}

export function optional(plant?: Rose): string | undefined {
  return plant?.water();
}

export function either(plant: Rose | Cactus): string {
  return plant.water();
}

export function aliased(plant: Thirsty): string {
  return plant.water();
}

export function each(row: Rose[]): void {
  for (const plant of row) {
    plant.water();
  }
}

export function eachReadonly(row: ReadonlyArray<Fern>): string[] {
  return row.map((plant) => plant.water());
}

export function values(rows: Record<string, Cactus>): void {
  Object.values(rows).forEach((plant) => {
    plant.water();
  });
}

export function first(row: Rose[]): string {
  return row[0].water();
}

export function paired([rose, fern]: [Rose, Fern]): string {
  return rose.water() + fern.spread()[0].water();
}

export function named({ plant, count }: { plant: Cactus; count: number }): string {
  return plant.water().repeat(count);
}

export function narrowed(plant: unknown): string {
  if (plant instanceof Cactus) {
    return plant.water();
  }
  return "none";
}

export function asserted(plant: unknown): string {
  return (plant as Fern).water();
}

export function bounded<T extends Rose>(plant: T): string {
  return plant.prune().water();
}

export function variable(): string {
  const plant: Fern = JSON.parse("{}").plant ?? new Fern();
  return plant.water();
}

export function throughField(pot: Pot<Rose>): string {
  pot.own.water();
  return pot.plant.neighbour()?.water() ?? pot.plant.prune().water();
}

export function generic(): string {
  const made = box(new Cactus());
  return made.get().water() + new Box(new Rose()).get().prune().water();
}

export function mapped(): string {
  return rosePot()
    .map(() => new Fern())
    .plant.water();
}

export function unknownPlant(plant: any): string {
  return plant.water();
}

export function unknownRow(row: any[]): void {
  for (const plant of row) {
    plant.water();
  }
}

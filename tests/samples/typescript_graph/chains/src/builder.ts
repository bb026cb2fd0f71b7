import { Result } from "./result.js";

class Condition {
  constructor(readonly field: string, readonly value: string) {}

  text(): string {
    return `${this.field} = ${this.value}`;
  }
}

export class Query {
  protected conditions: Condition[] = [];
  #limit = 10;

  constructor(protected readonly table: string) {}

  where(field: string, value: string): this {
    this.conditions.push(new Condition(field, value));
    return this;
  }

  limit(count: number): Query {
    this.#limit = count;
    return this;
  }

  first(): Query {
    return this.limit(1).where("first", "yes");
  }

  run(): Result {
    const texts = this.conditions.map((condition) => condition.text());
    return new Result([[this.table, ...texts].slice(0, this.#limit)]);
  }

  async fetch(): Promise<Result> {
    return this.run();
  }
}

export class CountQuery extends Query {
  run(): Result {
    return new Result([[this.table], [this.table]]);
  }

  count(): number {
    return this.run().count();
  }
}

export function select(table: string): Query {
  return new Query(table);
}

export const from = (table: string) => ({ query: new Query(table), table });

export function makeQuery(counting: boolean): Query {
  return counting ? new CountQuery("counted") : new Query("rows");
}

export class Row {
  constructor(readonly values: string[]) {}

  show(): string {
    return this.values.join(" ");
  }
}

export class Result {
  constructor(private readonly rows: string[][]) {}

  first(): Row {
    return new Row(this.rows[0] ?? []);
  }

  count(): number {
    return this.rows.length;
  }

  map<T>(change: (row: Row) => T): T[] {
    return this.rows.map((values) => change(new Row(values)));
  }
}

// Names that results and queries have as well.
export class Printer {
  private lines: string[] = [];

  where(): number {
    return this.lines.length;
  }

  first(): string {
    return this.lines[this.where() - 1];
  }

  show(): string {
    return this.lines.join("\n");
  }

  text(line: string): Printer {
    this.lines.push(line);
    return this;
  }

  run(): Printer {
    return this.text("end");
  }

  count(): number {
    return this.show().length;
  }
}

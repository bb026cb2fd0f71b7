export function parse(text) {
  const parser = new Parser();
  parser.feed(text);
  return parser.run();
}

export function render(tree) {
  return Object.keys(tree)
    .map((key) => `${key}: ${get(tree, key)}`)
    .join("\n");
}

export function get(tree, key) {
  return tree[key];
}

export class Parser {
  tree = {};

  feed(text) {
    for (const row of text.split("\n")) {
      this.parse(row);
    }
  }

  parse(row) {
    const [key, value] = row.split(": ");
    this.tree[key] = value;
  }

  run() {
    return this.tree;
  }
}

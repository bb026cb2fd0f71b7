export function parse(text) {
  return new Parser(text).run();
}

export function render(tree) {
  return tree.map((node) => get(node, "text")).join("\n");
}

function get(node, name) {
  return node[name];
}

export class Parser {
  constructor(text) {
    this.text = text;
  }

  run() {
    return this.text.split("\n").map((text) => this.parse(text));
  }

  parse(text) {
    return { text };
  }
}

export default { parse, render };

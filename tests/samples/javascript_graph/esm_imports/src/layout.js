// A default export that is a class, and helpers with names that others have as well.
export default class Page {
  constructor() {
    this.lines = [];
  }

  line(text) {
    this.lines.push(pad(text));
    return this;
  }

  render() {
    return this.lines.join("\n");
  }
}

export function pad(text) {
  return text.padEnd(8);
}

export function find(page, text) {
  return page.lines.find((line) => line.includes(text));
}

export function kelvin() {
  return "K";
}

import { Cache } from "./cache.js";
import markdown, { Parser as PageParser, render } from "./markdown.js";
import * as yaml from "./yaml.js";
import { get, parse as parseSettings, Parser } from "./yaml.js";

export class Site {
  constructor() {
    this.cache = new Cache();
    this.settings = parseSettings("title: twins");
  }

  get(path) {
    return this.cache.get(path, () => this.render(path));
  }

  render(path) {
    return render(new PageParser(path).run());
  }

  title() {
    return get(this.settings, "title");
  }

  run() {
    const parser = new Parser();
    parser.parse("a: b");
    this.cache.set("settings", parser.run());
    return yaml.render(parser.tree);
  }

  both(text) {
    return [markdown.parse(text), yaml.parse(text), JSON.parse("1")];
  }
}

export function run() {
  const site = new Site();
  site.run();
  return [site.get("index"), site.title(), site.both("k: v"), site.cache.has("index")];
}

export function parse(text) {
  const map = new Map();
  map.set("text", text);
  return map.get("text");
}

export function unknown(thing, key) {
  thing.set(key, thing.parse(key));
  thing.run();
  return thing.render(thing.get(key));
}

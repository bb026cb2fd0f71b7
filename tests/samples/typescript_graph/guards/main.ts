import { Click, Key, Scroll } from "./src/events.js";
import * as handle from "./src/handle.js";

function all(): unknown[] {
  const click = new Click(1);
  const key = new Key("a");
  const scroll = new Scroll();
  return [
    handle.any(scroll),
    handle.byKind(click),
    handle.byKind(key),
    handle.byKind(scroll),
    handle.byClass(click),
    handle.byGuard(key),
    handle.byAssertion(scroll),
    handle.byProperty(key),
    handle.early(key),
    handle.found([click, key]),
    handle.keysOnly([key]),
    handle.dispatch(),
    handle.dynamic("click", click),
    handle.channel({ send: (text) => text.length }),
    handle.instance(),
    handle.held(),
  ];
}

console.log(all());

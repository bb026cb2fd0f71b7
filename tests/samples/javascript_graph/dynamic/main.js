import { run, runStrictly } from "./src/commands.js";
import { applied, builtins, byName, callback, composed, known, listen, picked, unknownClose, unknownHandle } from "./src/use.js";

const thing = {
  entries: [],
  on: () => null,
  has: () => false,
  start: () => "thing",
  handle: (text) => text,
  write: () => null,
  close: () => null,
  send: () => null,
};

run("start", "a");
runStrictly("stop", "b");
unknownHandle(thing);
unknownClose(thing);
builtins(thing, "k");
callback(() => "given");
known();
listen();
composed("c");
byName("start");
applied("d");
picked(true);

import { compose, emit, on } from "./bus.js";
import { start, stop, table } from "./commands.js";
import { Handler, Sink } from "./handlers.js";

export function unknownHandle(thing) {
  return thing.handle("Stop");
}

export function unknownClose(thing) {
  thing.write("bye");
  thing.close();
  return thing.send("end");
}

export function builtins(things, key) {
  things.on("data", stop);
  const found = new Map(things.entries).get(key);
  things.has(key);
  return things.start(found);
}

export function callback(start) {
  return start("callback");
}

export function known() {
  const handler = new Handler();
  const sink = new Sink();
  handler.send(sink);
  sink.send("x");
  sink.write("y");
  return handler.handle("Stop");
}

export function listen() {
  on("begin", start);
  on("begin", (name) => stop(name));
  emit("begin", "bus");
}

export function composed(text) {
  const both = compose(start, stop);
  return both(text);
}

export function byName(name) {
  const { [name]: action } = table;
  return action(name);
}

export function applied(text) {
  return Reflect.apply(start, null, [text]);
}

export function picked(flag) {
  const action = flag ? start : stop;
  return action("picked");
}

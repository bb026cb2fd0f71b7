import { start } from "./commands.js";

export class Handler {
  onStart() {
    return start("handler");
  }

  onStop() {
    return "stopped";
  }

  handle(event) {
    const name = `on${event}`;
    return this[name]();
  }

  send(other) {
    return other.handle("Start");
  }

  close() {
    return this.onStop();
  }
}

export class Sink {
  handle(event) {
    return event;
  }

  send(event) {
    return this.handle(event);
  }

  write(text) {
    return text;
  }

  close() {}
}

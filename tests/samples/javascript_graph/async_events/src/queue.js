import { EventEmitter } from "node:events";

export class Queue extends EventEmitter {
  constructor(limit) {
    super();
    this.limit = limit;
    this.jobs = [];
  }

  push(job) {
    this.jobs.push(job);
    this.emit("push", job);
    return this.next();
  }

  next() {
    return this.jobs.at(-1);
  }

  async drain(work) {
    const done = [];
    for (const job of this.jobs) {
      done.push(await work(job));
    }
    await this.finish();
    return done;
  }

  async finish() {
    this.jobs = [];
    this.emit("done");
  }
}

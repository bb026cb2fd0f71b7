import { Config } from "./src/config.js";
import { average, Meter } from "./src/legacy.js";
import { Panel } from "./src/panel.jsx";
import * as numbers from "./src/numbers.js";

function measure(values: number[]): number {
  const meter = new Meter(10);
  return meter.read(average(values)) + numbers.total(values);
}

function names(): string[] {
  const config = new Config({ extra: 1 });
  config.get("extra");
  return config.read();
}

function panel(): string {
  return Panel({ values: [1, 2] });
}

console.log(measure([1, 200]), names(), panel());

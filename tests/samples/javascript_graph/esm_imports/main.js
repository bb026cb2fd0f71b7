import "./src/setup.js";
import { strict as assert } from "node:assert";
import Sheet, { pad } from "./src/layout.js";
import * as units from "./src/units/index.js";
import openStation, { find, Station } from "./lib/stations.js";
import { default as AlsoSheet, find as findLine } from "./src/layout.js";

export function report(name, degrees) {
  const station = openStation(name);
  const sheet = new Sheet();
  sheet.line(String(station.reading(degrees))).line(pad(name));
  return sheet.render();
}

function absolute(degrees) {
  return units.kelvin(degrees);
}

function search() {
  const sheet = new AlsoSheet();
  sheet.line("cold");
  return findLine(sheet, "cold");
}

function station(name) {
  return find(name).reading(50);
}

function shadowed(units) {
  return units.kelvin(3);
}

function local() {
  function find(text) {
    return pad(text);
  }
  return find("x");
}

async function lazily() {
  const { kelvin } = await import("./src/units/index.js");
  return kelvin(1);
}

function everything() {
  report("north", 50);
  absolute(20);
  search();
  assert.equal(station("south"), 10);
  shadowed({ kelvin: () => "own" });
  local();
  return new Station("west", 3);
}

everything();
await lazily();

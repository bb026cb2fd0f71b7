// Stations and where they are.
import { celsius, round as nearest } from "../src/units/index.js";

export const DEFAULT_HEIGHT = 12;

export class Station {
  constructor(name, height = DEFAULT_HEIGHT) {
    this.name = name;
    this.height = height;
  }

  reading(fahrenheit) {
    return nearest(celsius(fahrenheit), 1);
  }

  round() {
    return Math.round(this.height);
  }
}

export function find(name) {
  return new Station(name);
}

export default function open(name) {
  const station = find(name);
  station.round();
  return station;
}

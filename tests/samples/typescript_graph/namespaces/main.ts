import { Brush, Color, paint, type Painter, Size } from "./src/colors.js";
import { Geometry, point } from "./src/geometry.js";
import { Finder, overload, parse } from "./src/overloads.js";

import Polar = Geometry.Polar;

function points(): number {
  const start = point("1,2");
  const end = Geometry.point(3);
  return Geometry.distance(start, end) + Polar.point(1, 2).x;
}

function path(): number {
  const path = new Geometry.Path();
  return path.to(0, 0).to(3, 4).length();
}

function colors(): string {
  const color = Color.parse("blue");
  return paint(color) + paint.mix(color, Color.Red);
}

function painted(painter: Painter): string {
  return painter.paint(Color.Red) + painter.clear(Size.Small);
}

function parsed(): number {
  return parse("1") + parse("2 3", true).length;
}

function found(): string {
  const finder = new Finder();
  return finder.find(1) + finder.find("a", false).join() + overload(1).find(2) + overload("text").length;
}

console.log(points(), path(), colors(), painted(new Brush()), parsed(), found());

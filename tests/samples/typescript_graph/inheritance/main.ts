import { Shape } from "./src/base.js";
import { Failure, Tagged } from "./src/mixins.js";
import { Blank, Rectangle, Square, Unit } from "./src/shapes.js";

function shapes(): string[] {
  const rectangle = new Rectangle(2, 3);
  const square = new Square(2);
  return [rectangle.describe(), square.describe(), String(square.diagonal())];
}

function unit(): number {
  const one = new Unit(1);
  return one.area() + one.diagonal();
}

function anyShape(shape: Shape): number {
  shape.describe();
  return shape.area();
}

function statics(): string {
  return Square.create("a") + Shape.create("b") + Rectangle.count() + Unit.create("c");
}

function tagged(): string {
  const made = new Tagged().tag("a").setLabel("b").tag("c");
  return made.describe() + made.title();
}

function others(): string {
  return new Blank().describe() + new Failure("x").describe();
}

console.log(shapes(), unit(), anyShape(new Square(3)), statics(), tagged(), others());

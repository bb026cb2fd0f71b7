import { Circle, format, makeSquare, raw, square, Square, squareText, title, unit, unitSquare } from "./src";
import type { Drawable } from "./src/shapes";
import * as all from "./src";
import heading from "./src/text";

function areas(): string[] {
  const circle = new Circle(2);
  return [format(circle.area()), format(new Square(2).area()), format(makeSquare(3).area())];
}

function units(): number {
  return unit().area() + unitSquare().area();
}

function squares(): string {
  return squareText(String(square(4)));
}

function whole(): string {
  return all.title(all.format(all.square(2))) + all.unit().area();
}

function headings(): string {
  return heading("a") + title("b") + raw.pad("c");
}

function show(drawn: Drawable): string {
  return drawn.draw();
}

console.log(areas(), units(), squares(), whole(), headings(), show(unitSquare()));

export class Circle {
  constructor(readonly radius: number) {}

  area(): number {
    return square(this.radius) * Math.PI;
  }
}

export function square(side: number): number {
  return side * side;
}

export const unit = (): Circle => new Circle(1);

export interface Drawn {
  draw(): string;
}

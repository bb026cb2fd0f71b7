export namespace Geometry {
  export interface Point {
    x: number;
    y: number;
  }

  export function point(x: number, y = 0): Point {
    return { x, y };
  }

  export function distance(from: Point, to: Point): number {
    return Math.sqrt(square(from.x - to.x) + square(from.y - to.y));
  }

  function square(value: number): number {
    return value * value;
  }

  export namespace Polar {
    export function point(radius: number, angle: number): Point {
      return Geometry.point(radius * cos(angle), radius * Math.sin(angle));
    }

    const cos = (angle: number): number => Math.cos(angle);
  }

  export class Path {
    private readonly points: Point[] = [];

    to(x: number, y: number): this {
      this.points.push(point(x, y));
      return this;
    }

    length(): number {
      return distance(this.points[0], this.points[1]);
    }
  }
}

export function point(text: string): Geometry.Point {
  const [x, y] = text.split(",").map(Number);
  return Geometry.point(x, y);
}

export function square(side: number): string {
  return `square of ${side}`;
}

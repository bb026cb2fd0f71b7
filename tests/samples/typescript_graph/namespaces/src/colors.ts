export enum Color {
  Red = "red",
  Green = "green",
}

// Merged with the enum.
export namespace Color {
  export function parse(text: string): Color {
    return valid(text) ? (text as Color) : Color.Red;
  }

  function valid(text: string): boolean {
    return Object.values(Color).includes(text as Color);
  }
}

export const enum Size {
  Small = 1,
  Large = 2,
}

// An interface in two parts, and a function with properties.
export interface Painter {
  paint(color: Color): string;
}

export interface Painter {
  clear(size: Size): string;
}

export function paint(color: Color): string {
  return paint.mix(color, Color.Green);
}

export namespace paint {
  export function mix(left: Color, right: Color): string {
    return `${left}/${right}`;
  }
}

export class Brush implements Painter {
  paint(color: Color): string {
    return paint(color);
  }

  clear(size: Size): string {
    return "-".repeat(size);
  }
}

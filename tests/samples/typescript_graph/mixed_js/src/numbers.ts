export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, atLeast(value, low));
}

function atLeast(value: number, low: number): number {
  return Math.max(value, low);
}

export const total = (values: number[]): number => values.length;

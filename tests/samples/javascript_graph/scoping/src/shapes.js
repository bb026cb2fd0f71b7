export function area({ width, height = defaultHeight() }) {
  return multiply(width, height);
}

export function defaultHeight() {
  return 2;
}

export function multiply(left, right) {
  return left * right;
}

export const scale = (shape, factor = defaultFactor(), resize = multiply) => ({
  width: resize(shape.width, factor),
  height: multiply(shape.height ?? defaultHeight(), factor),
});

const defaultFactor = () => 3;

export const tools = { area, scale, multiply };

import { area, multiply, tools } from "./shapes.js";

export function parameter(area) {
  return area({ width: 1 });
}

export function destructured({ area, multiply: times }) {
  return area(times(1, 2));
}

export function local() {
  const multiply = (left, right) => left + right;
  return multiply(1, 2);
}

export function block(flag) {
  if (flag) {
    const area = () => "inner";
    return area();
  }
  return area({ width: 4 });
}

export function hoisted() {
  return later();

  function later() {
    return multiply(2, 3);
  }
}

export function loop(rows) {
  let sum = 0;
  for (const area of rows) {
    sum += area();
  }
  return sum + area({ width: 1, height: 1 });
}

export function caught() {
  try {
    return multiply(1, undefined.x);
  } catch (multiply) {
    return multiply.toString();
  }
}

export function fromObject() {
  const { area: surface, scale } = tools;
  return surface(scale({ width: 2 }));
}

export function inner() {
  function multiply(left, right) {
    return deep(left) * right;
    function deep(value) {
      return area({ width: value });
    }
  }
  return multiply(2, 3);
}

export class Sheet {
  area() {
    return area({ width: this.multiply(2) });
  }

  multiply(factor) {
    const { multiply } = tools;
    return multiply(factor, factor);
  }

  static area(width) {
    return new Sheet().area() + width;
  }
}

export function assigned() {
  let action = multiply;
  action = (left) => left;
  return action(1, 2);
}

export function celsius(degrees) {
  return ((degrees - 32) * 5) / 9;
}

export function kelvin(degrees) {
  return celsius(degrees) + 273.15;
}

export const round = (value, digits) => {
  const factor = power(digits);
  return Math.round(value * factor) / factor;
};

function power(digits) {
  return 10 ** digits;
}

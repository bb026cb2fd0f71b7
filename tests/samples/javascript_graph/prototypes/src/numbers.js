"use strict";

// The revealing module: the parts are functions of the file, under other names too.
function sum(values) {
  let total = 0;
  values.forEach((value) => {
    total = plus(total, value);
  });
  return total;
}

function plus(left, right) {
  return left + right;
}

function size(values) {
  return values.length;
}

const numbers = { sum, add: plus, size };

const mean = (values) => numbers.sum(values) / numbers.size(values);

module.exports = { numbers, mean };

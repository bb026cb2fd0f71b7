"use strict";

function add(left, right) {
  return { cents: left.cents + right.cents };
}

function parse(text) {
  return { cents: toCents(text) };
}

const format = (money) => (money.cents / 100).toFixed(2);

function toCents(text) {
  return Math.round(parseFloat(text) * 100);
}

module.exports = { add, parse, format, ZERO: { cents: 0 } };

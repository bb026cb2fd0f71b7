"use strict";

const Stack = require("./src/stack");
const text = require("./src/text");
const { numbers, mean } = require("./src/numbers");

function stacked() {
  const stack = new Stack(2);
  stack.push("a");
  stack.push("b").push("c");
  return stack.size();
}

function texts(words) {
  return text.upper(text.join(words)) + text.size("x");
}

function counted(values) {
  return numbers.add(numbers.sum(values), mean(values));
}

function arrays(values) {
  values.push(4);
  values.pop();
  return values.join("-").length;
}

function main() {
  stacked();
  texts([" one", "two "]);
  counted([1, 2, 3]);
  return arrays([1, 2]);
}

main();

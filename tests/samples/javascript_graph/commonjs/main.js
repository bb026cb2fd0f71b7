"use strict";

const path = require("path");
const Account = require("./lib/account");
const formats = require("./lib/formats");
const { add, parse } = require("./lib/money.js");
const csv = require("./lib/formats/csv");

function statement(owner, amounts) {
  const account = new Account(owner);
  for (const amount of amounts) {
    account.add(amount);
  }
  return account.format();
}

function sum(left, right) {
  return add(parse(left), parse(right));
}

function table(rows) {
  const text = csv.write(rows);
  return csv.read(text);
}

function twice(rows) {
  return formats.parse(formats.format(rows, "twice"));
}

function fileName(owner) {
  return path.format({ name: owner, ext: ".csv" });
}

function late() {
  const { read } = require("./lib/formats/csv");
  return read("a;b");
}

function main() {
  statement("Ada", ["1.50", "2.25"]);
  sum("1", "2");
  table([["a", "b"]]);
  twice([["c", "d"]]);
  late();
  return fileName("Ada");
}

if (require.main === module) {
  console.log(main());
}

"use strict";

const SEPARATOR = ";";

function write(rows) {
  return rows.map((row) => line(row)).join("\n");
}

function read(text) {
  return text.split("\n").map(parse);
}

function parse(line) {
  return line.split(SEPARATOR);
}

function line(row) {
  return row.join(SEPARATOR);
}

exports.write = write;
exports.read = read;

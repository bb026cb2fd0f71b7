"use strict";

exports.csv = require("./csv");

exports.format = function (rows, name) {
  return exports.csv.write(rows).concat(name);
};

exports.parse = (text) => exports.csv.read(text);

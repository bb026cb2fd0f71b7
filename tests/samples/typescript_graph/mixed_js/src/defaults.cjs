"use strict";

function base() {
  return { offset: read("offset") };
}

function merge(left, right) {
  return Object.assign({}, left, right);
}

function read(name) {
  return name.length;
}

module.exports = { base, merge };

"use strict";

function Stack(limit) {
  this.rows = [];
  this.limit = limit;
}

Stack.prototype.push = function (row) {
  if (this.full()) {
    this.pop();
  }
  this.rows.push(row);
  return this;
};

Stack.prototype.pop = function () {
  return this.rows.pop();
};

Stack.prototype.full = function () {
  return atLeast(this.rows.length, this.limit);
};

Stack.prototype.size = function () {
  return this.rows.length;
};

function atLeast(count, limit) {
  return count >= limit;
}

module.exports = Stack;

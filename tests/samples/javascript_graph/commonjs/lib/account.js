"use strict";

const money = require("./money");
const { format: show } = require("./money");

class Account {
  constructor(owner) {
    this.owner = owner;
    this.entries = [];
  }

  add(text) {
    this.entries.push(money.parse(text));
    return this;
  }

  total() {
    let sum = money.ZERO;
    for (const entry of this.entries) {
      sum = money.add(sum, entry);
    }
    return sum;
  }

  format() {
    return this.owner + ": " + show(this.total());
  }
}

module.exports = Account;

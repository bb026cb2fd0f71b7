import { Journal } from "./journal.js";

export class Account {
  static #opened = 0;
  #balance = 0;
  #journal;

  constructor(owner, journal) {
    this.owner = owner;
    this.#journal = journal ?? new Journal(owner);
    Account.#count();
  }

  static open(owner) {
    return new Account(owner);
  }

  static #count() {
    Account.#opened += 1;
  }

  static total() {
    return this.#describe(Account.#opened);
  }

  static #describe(count) {
    return `${count} accounts`;
  }

  get balance() {
    return this.#round(this.#balance);
  }

  set balance(value) {
    this.#check(value);
    this.#balance = value;
  }

  deposit(amount) {
    this.#check(amount);
    this.#balance += amount;
    this.#journal.write("deposit", amount);
    return this;
  }

  withdraw = (amount) => {
    this.#check(amount);
    this.#balance -= amount;
    return this.deposit(0);
  };

  #check(amount) {
    if (!valid(amount)) {
      throw new RangeError(`not an amount: ${amount}`);
    }
  }

  #round(amount) {
    return Math.round(amount);
  }

  toString() {
    return `${this.owner}: ${this.balance}`;
  }
}

function valid(amount) {
  return amount >= 0;
}

import { Account } from "./account.js";
import { Journal } from "./journal.js";

export class Transfer {
  #from;
  #to;

  constructor(from, to) {
    this.#from = Account.open(from);
    this.#to = new Account(to, new Journal("shared"));
  }

  run(amount) {
    this.#from.deposit(amount);
    this.#from.withdraw(amount);
    this.#to.deposit(amount);
    this.#to.balance = this.#to.balance + 1;
    return this.#check();
  }

  #check() {
    return this.#from.balance <= this.#to.balance;
  }

  static between(from, to) {
    return new this(from, to);
  }

  describe() {
    return [this.#from.toString(), this.#to.toString()];
  }
}

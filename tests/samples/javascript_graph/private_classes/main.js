import { Account } from "./src/account.js";
import { Journal } from "./src/journal.js";
import { Transfer } from "./src/transfer.js";

function transfer() {
  const transfer = new Transfer("Ada", "Bob");
  transfer.run(10);
  return transfer.describe();
}

function summary() {
  const journal = new Journal("day");
  journal.write("deposit", 4);
  return [journal.balance(), journal.last, Account.total()];
}

function peek(account) {
  return account.balance;
}

console.log(transfer(), summary(), peek(Account.open("Eve")));

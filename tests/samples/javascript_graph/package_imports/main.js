import { flush, log, table, trim } from "@acme/tools";
import { format } from "@acme/tools/format/list";
import * as text from "@acme/tools/text";
import { trim as plain } from "#internal/escape";

function shown(rows) {
  log("shown");
  return table(rows) + format(rows);
}

function trimmed(word) {
  return trim(word) + plain(word) + text.log(word);
}

function finished() {
  return flush();
}

console.log(shown([" a", "b "]), trimmed(" <c "), finished());

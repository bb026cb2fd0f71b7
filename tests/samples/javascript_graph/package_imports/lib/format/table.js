import { trim } from "../internal/escape.js";

export function format(rows) {
  return rows.map((row) => trim(row)).join("|");
}

import { trim } from "@acme/tools/text";

export function format(rows) {
  const first = trim(rows[0]);
  return [first, ...rows.slice(1)].join(",");
}

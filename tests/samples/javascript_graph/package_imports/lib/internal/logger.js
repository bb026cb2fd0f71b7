const rows = [];

export function log(text) {
  rows.push(stamp(text));
  return rows.length;
}

export default function flush() {
  return rows.splice(0);
}

function stamp(text) {
  return `> ${text}`;
}

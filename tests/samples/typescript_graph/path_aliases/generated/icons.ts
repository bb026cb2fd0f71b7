export function icon(name: string): string {
  return known(name) ? `*${name}*` : "?";
}

function known(name: string): boolean {
  return name.length > 1;
}

export function render(name: string): string {
  return icon(name);
}

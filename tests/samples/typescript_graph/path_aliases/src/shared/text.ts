export function slug(text: string): string {
  return trim(text).toLowerCase().replace(/ /g, "-");
}

export function trim(text: string): string {
  return text.trim();
}

export function format(value: number): string {
  return pad(value.toFixed(2));
}

export function pad(text: string): string {
  return text.padStart(8);
}

export default function title(text: string): string {
  return pad(text).toUpperCase();
}

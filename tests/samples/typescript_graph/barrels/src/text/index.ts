import { format as formatNumber, pad } from "./format";

export { default } from "./format";
export * as raw from "./format";
export { formatNumber };

export function square(text: string): string {
  return pad(`[${text}]`);
}

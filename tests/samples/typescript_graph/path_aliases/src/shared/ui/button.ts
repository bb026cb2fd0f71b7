import { trim } from "../text";
import * as icons from "~ui/icons";

export function render(label: string): string {
  return `[${icons.icon("ok")} ${trim(label)}]`;
}

export function page(): string {
  return "button page";
}

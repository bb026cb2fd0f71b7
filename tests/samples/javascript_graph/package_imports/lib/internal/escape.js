import { log } from "#log";

export function escape(text) {
  log(text);
  return text.replace(/</g, "&lt;");
}

export function trim(text) {
  return text.trim();
}

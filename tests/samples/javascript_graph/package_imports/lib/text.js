import { escape } from "#internal/escape";

export function trim(text) {
  return escape(text).trim();
}

export function log(text) {
  return text.length;
}

export { trim } from "./text.js";
export { format as table } from "./format/table.js";
export { default as flush, log } from "#log";

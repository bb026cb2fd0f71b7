export * from "./shapes";
export { default as title, formatNumber as format, raw } from "./text";
export { square as squareText } from "./text/index";

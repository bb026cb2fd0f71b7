export * from "./circle";
export { default as Square, square as makeSquare, unit as unitSquare } from "./square";
export type { Drawn as Drawable } from "./circle";

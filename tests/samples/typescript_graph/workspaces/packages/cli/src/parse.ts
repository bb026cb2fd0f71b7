import { run } from "./run.js";

export function parse(args: string[]): string {
  return run(args.filter((arg) => format(arg)));
}

function format(arg: string): boolean {
  return !arg.startsWith("-");
}

import { parse } from "./packages/cli/src/parse.js";
import { empty, sum } from "./packages/cli/src/run.js";

console.log(parse(["1.20", "-v"]), sum("1", "2"), empty());

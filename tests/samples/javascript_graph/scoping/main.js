import { sheet, table } from "./src/rows.js";
import * as shadow from "./src/shadow.js";
import { scale } from "./src/shapes.js";

const given = {
  area: (width) => width,
  multiply: (left, right) => left * right,
};

shadow.parameter(() => 1);
shadow.destructured(given);
shadow.local();
shadow.block(true);
shadow.block(false);
shadow.hoisted();
shadow.loop([() => 1]);
shadow.caught();
shadow.fromObject();
shadow.inner();
shadow.assigned();
scale({ width: 1 });
console.log(table(["1", "2"]), sheet());

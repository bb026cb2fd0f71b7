import { Cache } from "./src/cache.js";
import { parse, run, unknown } from "./src/site.js";

const cache = new Cache();
cache.set("a", 1);

const fake = { set() {}, parse() {}, get() {}, render() {}, run() {} };

console.log(run(), parse("x"), cache.run(), unknown(fake, "k"));

import { countAll, globalNext, makeCounter } from "./src/counter.js";
import { immediate, kept, later, nested, passLambda, passOn, recurse, returned, sortWords } from "./src/words.js";

const results = [];

function collect(...rows) {
  results.push(...rows);
}

collect(sortWords([" b", "a "]), passOn("x"), passLambda("y"), immediate);
collect(returned("z"), kept("w"), recurse(5), nested([["q"]]));
collect(countAll([1, 2]), globalNext());
later((text) => collect(text));
const [next, reset] = makeCounter("main");
collect(next(), reset());
console.log(results.length);

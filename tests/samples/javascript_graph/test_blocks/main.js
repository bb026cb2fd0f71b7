// Not a test: a function may be called `test` and `it` elsewhere.
import { slug, Slugger } from "./src/slug.js";

function test(text) {
  return slug(text);
}

function it(text) {
  const slugger = new Slugger();
  return slugger.make(test(text));
}

console.log(it("One Two"));

import assert from "node:assert";
import { describe, it } from "node:test";

import { slug, Slugger, strip } from "../src/slug.js";
import { check, makeSlugger } from "./helpers.js";

function twice(text) {
  return slug(slug(text));
}

const SAMPLE = strip("a b");

describe("slug", () => {
  it("makes words of a text", () => {
    assert.equal(slug("Hello World"), "hello-world");
  });

  it("is stable", () => {
    check(twice("Hello World"), "hello-world");
    check(strip(SAMPLE), "a-b");
  });
});

describe("Slugger", () => {
  it("is unique", () => {
    const slugger = makeSlugger("a b");
    check(slugger.make("a b"), "a-b-1");
  });

  it("is reset", () => {
    const slugger = new Slugger();
    slugger.make("x");
    slugger.reset();
    check(slugger.make("x"), "x");
  });
});

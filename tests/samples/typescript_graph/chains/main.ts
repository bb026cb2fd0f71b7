import { CountQuery, from, makeQuery, Query, select } from "./src/builder.js";
import { Printer } from "./src/printing.js";
import type { Result } from "./src/result.js";

function first(): string {
  return select("people").where("name", "Ada").first().run().first().show();
}

function direct(): number {
  return new Query("people").limit(3).run().count();
}

function bySteps(): string {
  const query = select("people");
  const limited = query.where("age", "36").limit(2);
  const result = limited.run();
  const row = result.first();
  return row.show();
}

function counting(): number {
  const query = new CountQuery("people");
  query.run();
  return query.where("a", "b").count();
}

function made(): string {
  return makeQuery(true).run().first().show();
}

async function fetched(): Promise<string> {
  const result = await select("later").fetch();
  const rows = (await new Query("now").fetch()).map((row) => row.show());
  return result.first().show() + rows.length;
}

function inferred(): number {
  const { query } = from("tables");
  return query.run().count() + from("t").query.limit(1).run().count();
}

function printed(): string {
  const printer = new Printer().text("a").run().text("b");
  return printer.first() + printer.show() + printer.count();
}

function texts(words: string[]): string {
  return words.map((word) => word.trim()).join(" ").toUpperCase();
}

function last(results: Result[]): string | undefined {
  return results.at(-1)?.first().show();
}

console.log(first(), direct(), bySteps(), counting(), made(), inferred(), printed(), texts([" a"]));
console.log(await fetched(), last([select("x").run()]));

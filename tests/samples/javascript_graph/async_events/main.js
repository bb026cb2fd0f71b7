import { all, crawl, finish, links, promised, steps, streamed, total } from "./src/crawl.js";

const pages = await crawl(["a", "b"]);

async function main() {
  await promised("c");
  const [first, second] = await Promise.all([all(["d"]), streamed(["e"])]);
  links("one http://two");
  total();
  steps();
  await finish();
  return [first, second];
}

main().then((rows) => console.log(pages.length, rows));

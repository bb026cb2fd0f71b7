import { load, numbers, Page, stream } from "./pages.js";
import { Queue } from "./queue.js";

export async function crawl(urls) {
  const queue = new Queue(10);
  queue.on("done", () => report("done"));
  for (const url of urls) {
    queue.push(url);
  }
  return queue.drain(async (url) => {
    const { text } = await load(url);
    return new Page(url, text);
  });
}

export function promised(url) {
  return load(url)
    .then((page) => show(page))
    .catch(report)
    .finally(() => report("finally"));
}

export async function all(urls) {
  const pages = await Promise.all(urls.map((url) => load(url)));
  return pages.map(show);
}

export async function streamed(urls) {
  const found = [];
  for await (const page of stream(urls)) {
    found.push(show(page));
  }
  return found;
}

export function links(text) {
  const page = new Page("local", text);
  return [...page.links()];
}

export function total() {
  let sum = 0;
  for (const number of numbers(3)) {
    sum = add(sum, number);
  }
  return sum;
}

export function steps() {
  const iterator = numbers(2);
  iterator.next();
  return iterator.next().value;
}

function show(page) {
  return `${page.url}: ${page.text}`;
}

function report(what) {
  return what;
}

function add(left, right) {
  return left + right;
}

export function finish() {
  return new Promise((resolve) => {
    setTimeout(() => resolve(report("later")), 1);
  });
}

export class Page {
  constructor(url, text) {
    this.url = url;
    this.text = text;
  }

  *links() {
    for (const word of this.words()) {
      if (isLink(word)) {
        yield word;
      }
    }
  }

  words() {
    return this.text.split(" ");
  }

  finally() {
    return "not a promise's";
  }
}

export function* numbers(limit) {
  if (limit > 0) {
    yield* numbers(limit - 1);
    yield double(limit);
  }
}

export async function* stream(urls) {
  for (const url of urls) {
    yield await load(url);
  }
}

export async function load(url) {
  const text = await read(url);
  return { url, text: clean(text) };
}

const read = async (url) => `${url} http://next`;

function isLink(word) {
  return word.startsWith("http");
}

function clean(text) {
  return text.trim();
}

const double = (value) => value * 2;

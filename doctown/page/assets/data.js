/* The data of the page, and the questions that are asked of it. Chunks, symbols, files and topics are known by their
   index; -1 is none. `about` and the tables are read at the start, code and contexts block by block when looked at. */

async function unpacked(id) {
  const packed = JSON.parse(byId(id).textContent);
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

/* For each row a list of others, in two flat arrays: the others of row i are items[start[i]] to items[start[i + 1]]. */
class Lists {
  constructor(length, from, to) {
    this.start = new Uint32Array(length + 1);
    this.items = new Int32Array(from.length);
    for (const row of from) this.start[row + 1] += 1;
    for (let row = 0; row < length; row += 1) this.start[row + 1] += this.start[row];
    const next = this.start.slice();
    for (let i = 0; i < from.length; i += 1) this.items[next[from[i]]++] = to[i];
  }

  of(row) {
    return this.items.subarray(this.start[row], this.start[row + 1]);
  }
}

class Data {
  constructor(about, tables) {
    const { chunks, symbols } = tables;
    this.about = about;
    this.files = tables.files;
    this.chunks = chunks;
    this.symbols = symbols;
    this.topics = tables.topics;
    this.blocks = tables.blocks;
    this.length = chunks.x.length;
    this.x = Float32Array.from(chunks.x, (x) => x / 65535);
    this.y = Float32Array.from(chunks.y, (y) => y / 65535);
    this.topic = Int32Array.from(chunks.topic);
    this.noise = new Uint8Array(this.length);
    for (const chunk of chunks.noise) this.noise[chunk] = 1;
    symbols.qualified.forEach((name, at) => {
      if (!name) symbols.qualified[at] = `${symbols.qualified[symbols.parent[at]]}.${symbols.name[at]}`;
    });
    this.titles = chunks.symbols.map((among) => this.mainSymbol(among));
    this.weight = Float32Array.from(chunks.symbols, (among) => among.reduce((most, s) => Math.max(most, symbols.centrality[s]), 0) / 10000);
    this.edges = {};
    for (const [kind, [from, to]] of Object.entries(tables.edges)) {
      this.edges[kind] = { out: new Lists(symbols.name.length, from, to), into: new Lists(symbols.name.length, to, from) };
    }
    const members = [...this.topic.keys()].filter((chunk) => this.topic[chunk] >= 0);
    this.membersOf = new Lists(this.topics.length, members.map((chunk) => this.topic[chunk]), members);
    const inside = [...symbols.parent.keys()].filter((at) => symbols.parent[at] >= 0);
    this.children = new Lists(symbols.name.length, inside.map((at) => symbols.parent[at]), inside);
    this.read = new Map();
  }

  /* What a group of chunks is called: without vectors they are grouped by folder. */
  get groupWord() {
    return this.about.embedded ? "topic" : "folder";
  }

  /* The symbol after which a chunk is called: the first that is no module. */
  mainSymbol(among) {
    const { kind, kinds } = this.symbols;
    return among.find((at) => kinds[kind[at]] !== "module") ?? among[0] ?? -1;
  }

  path(chunk) {
    return this.files[this.chunks.file[chunk]];
  }

  place(chunk) {
    return `${this.path(chunk)}:${this.chunks.line[chunk]}`;
  }

  title(chunk) {
    const symbol = this.titles[chunk];
    if (symbol >= 0) return this.symbols.name[symbol];
    return this.chunks.heading[chunk] || this.path(chunk).split("/").pop();
  }

  /* Symbols on the far side of the edges of one kind, the most central first. */
  linked(symbol, kind, direction) {
    const lists = this.edges[kind];
    if (symbol < 0 || !lists) return [];
    const rank = this.symbols.centrality;
    return [...lists[direction].of(symbol)].filter((other) => other !== symbol).sort((a, b) => rank[b] - rank[a] || a - b);
  }

  /* All chunks of a topic and of the topics below it; the best examples first. */
  chunksOf(topic) {
    const found = new Set(this.topics[topic].best);
    for (const chunk of this.membersOf.of(topic)) found.add(chunk);
    this.topics.forEach((other, at) => {
      if (other.parent === topic) for (const chunk of this.membersOf.of(at)) found.add(chunk);
    });
    return [...found];
  }

  /* {text, words: Map of symbol -> {signature, doc, context}} of a chunk. */
  async details(chunk) {
    let block = this.blocks.length - 1;
    while (block > 0 && this.blocks[block] > chunk) block -= 1;
    if (!this.read.has(block)) {
      if (this.read.size > 40) this.read.clear();
      this.read.set(block, unpacked(`block${block}`));
    }
    const [text, words] = (await this.read.get(block))[chunk - this.blocks[block]];
    return { text, words: new Map(words.map(([symbol, signature, doc, context]) => [symbol, { signature, doc, context }])) };
  }

  async words(symbol) {
    const chunk = this.symbols.chunk[symbol] ?? -1;
    return chunk < 0 ? undefined : (await this.details(chunk)).words.get(symbol);
  }
}

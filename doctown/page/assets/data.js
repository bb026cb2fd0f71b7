/* The data of the page, and the questions that are asked of it. Chunks, symbols, files and topics are known by their
   index; -1 is none. `about` and the tables are read at the start, code and contexts block by block when looked at. */

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
    // A map by folder is even as it is.
    const evenness = about.embedded ? 0.5 : 0;
    this.across = new Spread(chunks.x, evenness);
    this.down = new Spread(chunks.y, evenness);
    this.x = Float32Array.from(chunks.x, (x) => this.across.of(x));
    this.y = Float32Array.from(chunks.y, (y) => this.down.of(y));
    this.topic = Int32Array.from(chunks.topic);
    this.noise = new Uint8Array(this.length);
    for (const chunk of chunks.noise) this.noise[chunk] = 1;
    symbols.qualified.forEach((name, at) => {
      if (!name) symbols.qualified[at] = `${symbols.qualified[symbols.parent[at]]}.${symbols.name[at]}`;
    });
    this.titles = chunks.symbols.map((among) => this.mainSymbol(among));
    this.weight = Float32Array.from(chunks.symbols, (among) => among.reduce((most, s) => Math.max(most, symbols.centrality[s]), 0) / 10000);
    const inside = [...symbols.parent.keys()].filter((at) => symbols.parent[at] >= 0);
    this.children = new Lists(symbols.name.length, inside.map((at) => symbols.parent[at]), inside);
    this.readTopics();
    this.readEdges(tables.edges);
    this.read = new Map();
  }

  /* The tree of topics: those on top by size, and for each those right below it. */
  readTopics() {
    const { topics } = this;
    const order = [...topics.keys()].sort((a, b) => topics[b].size - topics[a].size || a - b);
    this.below = topics.map(() => []);
    for (const at of order) if (topics[at].parent >= 0) this.below[topics[at].parent].push(at);
    this.roots = order.filter((at) => topics[at].parent < 0);
    this.rootOf = topics.map((_, at) => {
      let root = at;
      for (let steps = 0; topics[root].parent >= 0 && steps < topics.length; steps += 1) root = topics[root].parent;
      return root;
    });
    const members = [...this.topic.keys()].filter((chunk) => this.topic[chunk] >= 0);
    this.membersOf = new Lists(topics.length, members.map((chunk) => this.topic[chunk]), members);
  }

  /* Of each kind the edges as columns, and for each symbol those that go out and those that come in. */
  readEdges({ rules, ...kinds }) {
    this.rules = rules;
    this.edges = {};
    for (const [kind, columns] of Object.entries(kinds)) {
      const all = columns.from.map((_, edge) => edge);
      const size = this.symbols.name.length;
      this.edges[kind] = { ...columns, out: new Lists(size, columns.from, all), into: new Lists(size, columns.to, all) };
    }
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

  /* A symbol's name; one that has none of its own is told by the first around it that has. */
  nameOf(symbol) {
    const { name, parent } = this.symbols;
    let named = symbol;
    while (parent[named] >= 0 && name[named].startsWith("<lambda")) named = parent[named];
    return named === symbol ? name[symbol] : `in ${name[named]}`;
  }

  title(chunk) {
    const symbol = this.titles[chunk];
    if (symbol >= 0) return this.nameOf(symbol);
    return this.chunks.heading[chunk] || this.path(chunk).split("/").pop();
  }

  /* The edges of one kind at a symbol, those to the most central first: [{kind, out, symbol, sure, line, rule, sites}],
     `symbol` on the far side, `sure` from 0 to 1, `line` 0 and `rule` empty where there is none. */
  links(symbol, kind, direction) {
    const edges = this.edges[kind];
    if (symbol < 0 || !edges) return [];
    const far = direction === "out" ? edges.to : edges.from;
    const rank = this.symbols.centrality;
    return [...edges[direction].of(symbol)]
      .filter((edge) => far[edge] !== symbol)
      .sort((a, b) => rank[far[b]] - rank[far[a]] || far[a] - far[b])
      .map((edge) => ({
        kind, out: direction === "out", symbol: far[edge], sure: edges.sure[edge] / 100,
        line: edges.line?.[edge] ?? 0, rule: this.rules[edges.rule?.[edge]] ?? "", sites: edges.sites?.[edge] ?? 0,
      }));
  }

  /* All chunks of a topic and of the topics below it; the best examples first. */
  chunksOf(topic) {
    const found = new Set(this.topics[topic].best);
    const seen = new Set([topic]);
    for (const at of seen) {
      for (const chunk of this.membersOf.of(at)) found.add(chunk);
      for (const other of this.below[at]) seen.add(other);
    }
    return [...found];
  }

  /* {text, words: Map of symbol -> {signature, doc, context}} of a chunk; null where it was left out of the page. */
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

/* One frame of the map, in three layers: the glow, the points, and over them lines, rings and names. */

const MOST_LINKS = 240;
const MOST_NAMES = 60;
const NAMED_POINTS = 110;
const GLOW_DENSITY = 0.5;

class Picture {
  constructor(data, camera, layers) {
    this.data = data;
    this.camera = camera;
    this.layers = layers;
    // The central ones last, so that they lie on top.
    this.grid = new Grid(data.x, data.y, Int32Array.from(data.x.keys()).sort((a, b) => data.weight[a] - data.weight[b] || a - b));
    this.points = new PointImage(layers.points);
    this.glow = layers.glow.getContext("2d");
    this.over = layers.over.getContext("2d");
    this.labels = new Labels(this.over);
    this.lit = null;
    this.selected = { chunk: -1, symbol: -1 };
    this.hovered = -1;
    this.sizes = data.weight.map((weight) => 0.9 + 0.7 * Math.sqrt(weight));
    this.topicPlaces = data.topics.map((topic, at) => this.placeOf(topic, at));
    const { topics } = data;
    const level = (at) => (topics[at].parent < 0 ? 0 : 1);
    this.topicOrder = [...topics.keys()].sort((a, b) => level(a) - level(b) || topics[b].size - topics[a].size);
    this.colourBy("topic");
  }

  placeOf(topic, at) {
    if (topic.place) return topic.place.map((part) => part / 65535);
    const members = this.data.chunksOf(at);
    const mean = (axis) => members.reduce((sum, chunk) => sum + axis[chunk], 0) / Math.max(members.length, 1);
    return [mean(this.data.x), mean(this.data.y)];
  }

  /* `mode` is one of topic, folder, language, centrality. Also to be called when the theme has changed. */
  colourBy(mode) {
    this.mode = mode;
    this.groups = colouring(this.data, mode);
    const count = Math.max(this.groups.names.length, 1);
    this.colours = [grey(), ...Array.from({ length: count }, (_, group) => this.groups.colour(group))];
    this.light = glowOf(this.data, this.colours, this.groups.group);
    const style = getComputedStyle(document.documentElement);
    this.ground = style.getPropertyValue("--ground");
    this.ink = style.getPropertyValue("--ink");
    this.outward = style.getPropertyValue("--out");
    this.inward = style.getPropertyValue("--into");
  }

  /* Takes the size of the stage in pixels and how many device pixels each has. */
  resize(width, height, density) {
    this.density = density;
    const [across, down] = [Math.max(1, Math.round(width * density)), Math.max(1, Math.round(height * density))];
    Object.assign(this.layers.over, { width: across, height: down });
    Object.assign(this.layers.glow, { width: Math.ceil(width * GLOW_DENSITY), height: Math.ceil(height * GLOW_DENSITY) });
    this.points.resize(across, down);
  }

  get radius() {
    const roomy = Math.sqrt((this.camera.freeWidth * this.camera.freeHeight * 0.1) / Math.max(this.data.length, 1)) / 2;
    return Math.min(Math.min(Math.max(roomy, 1.4), 5) * this.camera.zoom ** 0.42, 9);
  }

  draw() {
    this.drawGlow();
    this.drawPoints();
    this.drawOver();
  }

  drawGlow() {
    const { glow, camera } = this;
    const { width, height } = this.layers.glow;
    glow.clearRect(0, 0, width, height);
    glow.globalAlpha = (isDark() ? 0.3 : 0.34) * (this.lit ? 0.4 : 1) * Math.min(Math.max((6 - camera.zoom) / 4, 0), 1);
    const [left, top] = camera.toScreen(-0.1, -0.1);
    const side = 1.2 * camera.scale;
    glow.imageSmoothingQuality = "medium";
    glow.drawImage(this.light, left * GLOW_DENSITY, top * GLOW_DENSITY, side * GLOW_DENSITY, side * GLOW_DENSITY);
  }

  /* The box of the map that can be seen, with a margin for discs that reach in. */
  get view() {
    const [left, top] = this.camera.toMap(-12, -12);
    const [right, bottom] = this.camera.toMap(this.camera.width + 12, this.camera.height + 12);
    return [left, top, right, bottom];
  }

  drawPoints() {
    const { data, camera, density, points, lit } = this;
    const colours = this.colours.map(pixelOf);
    const sizes = this.sizes;
    const { group } = this.groups;
    const { x, y, noise } = data;
    const scale = camera.scale * density;
    const [middleX, middleY] = camera.middle;
    const shiftX = middleX * density - camera.x * scale;
    const shiftY = middleY * density - camera.y * scale;
    const radius = this.radius * density;
    points.clear();
    for (const pass of lit ? [0, 1] : [1]) {
      this.grid.within(...this.view, (among) => {
        for (const i of among) {
          if (lit && lit[i] !== pass) continue;
          const strength = pass === 0 ? 34 : noise[i] ? 120 : 226;
          points.disc(x[i] * scale + shiftX, y[i] * scale + shiftY, radius * sizes[i], colours[group[i] + 1], strength);
        }
      });
    }
    points.show();
  }

  drawOver() {
    const { over, density, camera, data } = this;
    over.setTransform(density, 0, 0, density, 0, 0);
    over.clearRect(0, 0, camera.width, camera.height);
    this.labels.begin(this.covered ? this.covered() : []);
    const links = this.linksOf(this.selected);
    this.drawLinks(links);
    if (this.selected.chunk >= 0) {
      this.ring(this.selected.chunk, 2.5, this.ink);
      const [x, y] = camera.toScreen(data.x[this.selected.chunk], data.y[this.selected.chunk]);
      this.labels.put(this.selectedName, x, y, { size: 13, weight: 700, colour: this.ink, halo: this.ground, offset: this.radius + 6, wrap: 40 });
    }
    this.nameLinks(links);
    this.nameTopics();
    this.namePoints();
    if (this.hovered >= 0) this.ring(this.hovered, 1.5, this.ink);
  }

  get selectedName() {
    const { chunk, symbol } = this.selected;
    return symbol >= 0 ? this.data.symbols.name[symbol] : this.data.title(chunk);
  }

  ring(chunk, width, colour) {
    const { over, camera, data } = this;
    const [x, y] = camera.toScreen(data.x[chunk], data.y[chunk]);
    over.beginPath();
    over.arc(x, y, this.radius * this.sizes[chunk] + 1 + width, 0, 7);
    over.lineWidth = width;
    over.strokeStyle = colour;
    over.stroke();
  }

  /* What the selected symbol calls and what calls it: [{symbol, chunk, out}]. */
  linksOf({ chunk, symbol }) {
    const found = [];
    for (const direction of ["out", "into"]) {
      for (const kind of ["calls", "inherits"]) {
        for (const other of this.data.linked(symbol, kind, direction)) {
          const at = this.data.symbols.chunk[other];
          if (at >= 0 && at !== chunk) found.push({ symbol: other, chunk: at, out: direction === "out" });
        }
      }
    }
    return found.slice(0, MOST_LINKS);
  }

  linkColour(out) {
    return out ? this.outward : this.inward;
  }

  drawLinks(links) {
    const { over, camera, data } = this;
    if (links.length === 0) return;
    const [x, y] = camera.toScreen(data.x[this.selected.chunk], data.y[this.selected.chunk]);
    for (const { chunk, out } of links) {
      const [toX, toY] = camera.toScreen(data.x[chunk], data.y[chunk]);
      const bend = out ? 0.14 : -0.14;
      over.beginPath();
      over.moveTo(x, y);
      over.quadraticCurveTo((x + toX) / 2 + (toY - y) * bend, (y + toY) / 2 - (toX - x) * bend, toX, toY);
      over.strokeStyle = this.linkColour(out);
      over.globalAlpha = links.length > 40 ? 0.4 : 0.75;
      over.lineWidth = 1.4;
      over.stroke();
      over.globalAlpha = 1;
      this.ring(chunk, 1.5, this.linkColour(out));
    }
  }

  nameLinks(links) {
    for (const { symbol, chunk, out } of links.slice(0, MOST_NAMES)) {
      const [x, y] = this.camera.toScreen(this.data.x[chunk], this.data.y[chunk]);
      const style = { size: 11.5, weight: 550, colour: this.linkColour(out), halo: this.ground, offset: this.radius + 4, wrap: 40 };
      this.labels.put(this.data.symbols.name[symbol], x, y, style);
    }
  }

  nameTopics() {
    const { camera, data } = this;
    const largest = Math.max(...data.topics.map((topic) => topic.size), 1);
    const fit = Math.min(camera.freeWidth / 900, 1);
    for (const at of this.topicOrder) {
      const topic = data.topics[at];
      const [x, y] = camera.toScreen(...this.topicPlaces[at]);
      if (x < -80 || y < -40 || x > camera.width + 80 || y > camera.height + 40) continue;
      if (this.litTopic >= 0 && at !== this.litTopic && topic.parent !== this.litTopic) continue;
      const size = Math.round((11 + fit + 8 * Math.sqrt(topic.size / largest) * fit ** 2) * Math.min(1.25, camera.zoom ** 0.1) * 2) / 2;
      const colour = css(labelColour(this.mode === "topic" ? at : -1));
      this.labels.put(topic.label, x, y, { size, weight: topic.parent < 0 ? 650 : 550, colour, halo: this.ground, wrap: fit < 0.6 ? 10 : 16 });
    }
  }

  /* When few points are left in view, they get names; the most central first. */
  namePoints() {
    const { camera, data } = this;
    if (camera.zoom < 1.5 && data.length > 60) return;
    const [left, top, right, bottom] = this.view;
    const seen = [];
    this.grid.within(left, top, right, bottom, (among) => {
      if (seen.length > 6 * NAMED_POINTS) return;
      for (const i of among) {
        if (data.x[i] >= left && data.x[i] <= right && data.y[i] >= top && data.y[i] <= bottom && !(this.lit && !this.lit[i])) seen.push(i);
      }
    });
    if (seen.length > 6 * NAMED_POINTS) return;
    seen.sort((a, b) => data.weight[b] - data.weight[a] || a - b);
    for (const i of seen.slice(0, NAMED_POINTS)) {
      if (i === this.selected.chunk) continue;
      const [x, y] = camera.toScreen(data.x[i], data.y[i]);
      this.labels.put(data.title(i), x, y, { size: 11, weight: 450, colour: this.ink, halo: this.ground, offset: this.radius + 3, wrap: 40 });
    }
  }

  /* The picture as it stands, on one opaque canvas. */
  copy() {
    const { width, height } = this.layers.points;
    const canvas = element("canvas", { width, height });
    const context = canvas.getContext("2d");
    context.fillStyle = this.ground;
    context.fillRect(0, 0, width, height);
    for (const layer of [this.layers.glow, this.layers.points, this.layers.over]) context.drawImage(layer, 0, 0, width, height);
    return canvas;
  }
}

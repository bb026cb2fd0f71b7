/* One frame of the map, in three layers: the glow, the points, and over them lines, rings and names. */

const MOST_NAMES = 60;
const GLOW_DENSITY = 0.5;
const SLOW_MS = 12;

class Picture {
  constructor(data, camera, layers) {
    this.data = data;
    this.camera = camera;
    // The central ones last, so that they lie on top.
    this.grid = new Grid(data.x, data.y, Int32Array.from(data.x.keys()).sort((a, b) => data.weight[a] - data.weight[b] || a - b));
    this.sizes = data.weight.map((weight) => 0.9 + 0.7 * Math.sqrt(weight));
    this.topicPlaces = data.topics.map((topic, at) => this.placeOf(topic, at));
    this.setLayers(layers);
    this.topicNames = new TopicNames(data, this.topicPlaces, this.labels);
    this.pointNames = new PointNames(data, this.grid, this.labels, this.topicNames);
    this.lit = null;
    this.litTopic = -1;
    this.selected = { chunk: -1, symbol: -1, steps: 1 };
    this.steps = [];
    this.hovered = -1;
    this.moving = false;
    this.cost = 0;
    this.colourBy("topic");
  }

  setLayers(layers) {
    this.layers = layers;
    this.points = new PointImage(layers.points);
    this.glow = layers.glow.getContext("2d");
    this.over = layers.over.getContext("2d");
    if (this.labels) this.labels.context = this.over;
    else this.labels = new Labels(this.over);
  }

  placeOf(topic, at) {
    const { across, down, below, x, y } = this.data;
    if (topic.place) return [across.of(topic.place[0]), down.of(topic.place[1])];
    // The middle of a broad topic may be empty ground: it is named where its largest part is.
    if (below[at].length > 0) return this.placeOf(this.data.topics[below[at][0]], below[at][0]);
    const members = this.data.chunksOf(at);
    const mean = (axis) => members.reduce((sum, chunk) => sum + axis[chunk], 0) / Math.max(members.length, 1);
    return [mean(x), mean(y)];
  }

  /* `mode` is one of topic, folder, language, centrality. Also to be called when the theme has changed. */
  colourBy(mode) {
    this.mode = mode;
    this.groups = colouring(this.data, mode);
    this.colours = [grey(), ...this.groups.names.map((_, group) => this.groups.colour(group))];
    this.light = glowOf(this.data, this.colours, this.groups.group);
    const style = getComputedStyle(document.documentElement);
    this.ground = style.getPropertyValue("--ground");
    this.ink = style.getPropertyValue("--ink");
    this.outward = style.getPropertyValue("--out");
    this.inward = style.getPropertyValue("--into");
    this.alike = style.getPropertyValue("--soft");
  }

  /* Opens a symbol or a topic on the map: its lines, or its points alone in full colour. */
  select({ chunk, symbol, topic, steps }) {
    this.selected = { chunk, symbol };
    const placed = ({ from, to }) => this.chunkOf(from) >= 0 && this.chunkOf(to) >= 0;
    this.steps = drawnOf(stepsAround(this.data, symbol, steps).filter(placed));
    this.litTopic = topic;
    this.lit = null;
    if (topic >= 0) {
      this.lit = new Uint8Array(this.data.length);
      for (const each of this.data.chunksOf(topic)) this.lit[each] = 1;
    }
    this.pointNames.forget();
  }

  chunkOf(symbol) {
    return this.data.symbols.chunk[symbol];
  }

  /* Takes the size of the stage in pixels and how many device pixels each has; the camera has to know the size before. */
  resize(width, height, density) {
    Object.assign(this, { width, height, fullDensity: density });
    this.setDensity(density);
    this.topicNames.plan(this.camera);
    this.pointNames.forget();
  }

  setDensity(density) {
    this.density = density;
    const [across, down] = [this.width, this.height].map((pixels) => Math.max(1, Math.round(pixels * density)));
    Object.assign(this.layers.over, { width: across, height: down });
    Object.assign(this.layers.glow, { width: Math.ceil(this.width * GLOW_DENSITY), height: Math.ceil(this.height * GLOW_DENSITY) });
    this.points.resize(across, down);
  }

  get radius() {
    return this.radiusAt(this.camera.scale);
  }

  radiusAt(scale) {
    const { camera } = this;
    const roomy = Math.sqrt((camera.width * camera.height * 0.16) / Math.max(this.data.length, 1)) / 2;
    return Math.min(Math.min(Math.max(roomy, 1.4), 5) * (scale / camera.base) ** 0.42, 9);
  }

  /* Where a sharp frame takes long, fine screens get plain frames while the map moves. */
  draw() {
    const density = this.moving && this.cost > SLOW_MS ? Math.min(this.fullDensity, 1) : this.fullDensity;
    if (density !== this.density) this.setDensity(density);
    const began = performance.now();
    this.drawGlow();
    this.drawPoints();
    this.drawOver();
    if (density === this.fullDensity) this.cost = performance.now() - began;
  }

  get isRough() {
    return this.density !== this.fullDensity;
  }

  drawGlow() {
    const { glow, camera } = this;
    const { width, height } = this.layers.glow;
    glow.clearRect(0, 0, width, height);
    glow.globalAlpha = (isDark() ? 0.3 : 0.34) * (this.lit ? 0.4 : 1) * Math.min(Math.max((6 - camera.zoom) / 4, 0), 1);
    if (glow.globalAlpha === 0) return;
    const [left, top] = camera.toScreen(-0.1, -0.1);
    glow.imageSmoothingQuality = "medium";
    glow.drawImage(this.light, left * GLOW_DENSITY, top * GLOW_DENSITY, 1.2 * camera.scale * GLOW_DENSITY, 1.2 * camera.scaleDown * GLOW_DENSITY);
  }

  /* The box of the map that can be seen, with a margin for discs that reach in. */
  get view() {
    const [left, top] = this.camera.toMap(-12, -12);
    const [right, bottom] = this.camera.toMap(this.camera.width + 12, this.camera.height + 12);
    return { left, top, right, bottom };
  }

  drawPoints() {
    const { data, camera, points, density, lit, sizes } = this;
    const colours = this.colours.map(pixelOf);
    const { group } = this.groups;
    const { x, y, noise } = data;
    const [scale, scaleDown] = [camera.scale * density, camera.scaleDown * density];
    const [middleX, middleY] = camera.middle;
    const shiftX = middleX * density - camera.x * scale;
    const shiftY = middleY * density - camera.y * scaleDown;
    const radius = this.radius * density;
    const { left, top, right, bottom } = this.view;
    points.clear();
    for (const pass of lit ? [0, 1] : [1]) {
      this.grid.within(left, top, right, bottom, (among) => {
        for (const i of among) {
          if (lit && lit[i] !== pass) continue;
          const strength = pass === 0 ? 34 : noise[i] ? 120 : 226;
          points.disc(x[i] * scale + shiftX, y[i] * scaleDown + shiftY, radius * sizes[i], colours[group[i] + 1], strength);
        }
      });
    }
    points.show();
  }

  drawOver() {
    const { over, density, camera } = this;
    over.setTransform(density, 0, 0, density, 0, 0);
    over.clearRect(0, 0, camera.width, camera.height);
    this.labels.begin();
    this.drawSteps();
    if (this.selected.chunk >= 0) {
      this.ring(this.selected.chunk, 2.5, this.ink);
      this.labels.put(this.selectedName, ...this.spot(this.selected.chunk), this.named({ size: 13, weight: 700, offset: this.radius + 6 }));
    }
    this.nameSteps();
    this.nameTopics();
    this.namePoints();
    if (this.hovered >= 0) this.ring(this.hovered, 1.5, this.ink);
  }

  spot(chunk) {
    return this.camera.toScreen(this.data.x[chunk], this.data.y[chunk]);
  }

  named(style) {
    return { colour: this.ink, halo: this.ground, wrap: 40, ...style };
  }

  get selectedName() {
    const { chunk, symbol } = this.selected;
    return symbol >= 0 ? this.data.symbols.name[symbol] : this.data.title(chunk);
  }

  ring(chunk, width, colour) {
    const { over } = this;
    over.beginPath();
    over.arc(...this.spot(chunk), this.radius * this.sizes[chunk] + 1 + width, 0, 7);
    over.lineWidth = width;
    over.strokeStyle = colour;
    over.stroke();
  }

  linkColour({ kind, out }) {
    return kind === "related" ? this.alike : out ? this.outward : this.inward;
  }

  drawSteps() {
    const many = this.steps.length > 25;
    for (const { from, to, link, hop } of this.steps) {
      const [start, end] = [this.chunkOf(from), this.chunkOf(to)];
      if (start === end) continue;
      const strength = (hop > 1 ? 0.35 : many ? 0.55 : 0.8) * (link.kind === "imports" ? 0.6 : 0.4 + 0.6 * link.sure);
      drawLine(this.over, this.spot(start), this.spot(end), { ...link, colour: this.linkColour(link), strength, width: hop > 1 ? 1 : 1.4 });
      if (hop === 1) this.ring(end, 1.5, this.linkColour(link));
    }
  }

  nameSteps() {
    for (const { to, link } of this.steps.slice(0, MOST_NAMES)) {
      if (this.chunkOf(to) === this.selected.chunk) continue;
      const style = this.named({ size: 11.5, weight: 550, colour: this.linkColour(link), offset: this.radius + 4 });
      this.labels.put(this.data.symbols.name[to], ...this.spot(this.chunkOf(to)), style);
    }
  }

  nameTopics() {
    const { camera, data, topicNames } = this;
    const own = this.litTopic;
    const styleOf = (at) => ({ ...topicNames.styles[at], colour: css(topicLabelColour(data, this.mode === "topic" ? at : -1)), halo: this.ground });
    if (own >= 0) this.labels.put(data.topics[own].label, ...camera.toScreen(...this.topicPlaces[own]), styleOf(own));
    const placed = this.labels.boxes.slice();
    for (const at of topicNames.order) {
      if (!topicNames.isShown(at, camera.scale) || at === own || (own >= 0 && data.topics[at].parent !== own)) continue;
      const [x, y] = camera.toScreen(...this.topicPlaces[at]);
      if (x < -160 || y < -60 || x > camera.width + 160 || y > camera.height + 60) continue;
      const box = this.labels.boxAt(data.topics[at].label, x, y, topicNames.styles[at]);
      if (placed.some((other) => meets(box, other))) continue;
      this.labels.boxes.push(box);
      this.labels.draw(data.topics[at].label, x, y, styleOf(at));
    }
  }

  /* Beside a selected symbol's lines and names only those have room that were there anyway. */
  namePoints() {
    this.pointNames.within(this.camera, (scale) => this.radiusAt(scale), this.lit, this.view, (i) => {
      if (i === this.selected.chunk) return;
      this.labels.put(this.data.title(i), ...this.spot(i), this.named({ ...POINT_STYLE, offset: this.radius + 3 }));
    });
  }

  /* The picture as it stands, without its ground, on a canvas of its own with another density. */
  taken(density) {
    const { layers, camera } = this;
    const before = this.fullDensity;
    const own = Object.fromEntries(Object.keys(layers).map((name) => [name, element("canvas")]));
    const hovered = this.hovered;
    Object.assign(this, { hovered: -1, moving: false });
    this.setLayers(own);
    this.resize(camera.width, camera.height, density);
    this.draw();
    const { width, height } = own.points;
    const canvas = element("canvas", { width, height });
    const context = canvas.getContext("2d");
    for (const layer of [own.glow, own.points, own.over]) context.drawImage(layer, 0, 0, width, height);
    this.setLayers(layers);
    this.hovered = hovered;
    this.resize(camera.width, camera.height, before);
    this.draw();
    return canvas;
  }
}

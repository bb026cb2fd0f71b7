/* Which names stand on the map. Nothing here asks where the view lies, only how near it is: so names do not come and go
   while the map is moved, and none ever lies on another. */

const BROAD_UNTIL = 4;
const FINE_FROM = 1.3;

/* The names of topics. Each has a scale from which on there is room for it beside the more important ones; from there it
   stays. Broad topics make way for the fine ones below them when one is near. */
class TopicNames {
  constructor(data, places, labels) {
    Object.assign(this, { data, places, labels });
    this.isTree = data.below.some((below) => below.length > 0);
    const { topics } = data;
    const level = (at) => (topics[at].parent < 0 ? 0 : 1);
    this.order = [...topics.keys()].sort((a, b) => level(a) - level(b) || topics[b].size - topics[a].size || a - b);
  }

  isBroad(at) {
    return this.data.below[at].length > 0;
  }

  /* `fit`: 1 for a wide stage, less for a narrow one. */
  styleOf(at, fit, largest) {
    const topic = this.data.topics[at];
    const share = Math.sqrt(topic.size / largest);
    const below = topic.parent >= 0;
    const size = below ? 11 + fit * 0.5 + 1.5 * share : this.isTree ? 12 + 2 * fit + 5 * share * fit : 11 + fit + 7 * share * fit ** 2;
    return { size: Math.round(size * 2) / 2, weight: below ? 550 : this.isTree ? 700 : 650, wrap: fit < 0.6 ? 10 : 16 };
  }

  /* To be called when the size of the stage has changed. */
  plan({ width, stretch, base }) {
    const fit = Math.min(width / 1100, 1);
    const largest = Math.max(...this.data.topics.map((topic) => topic.size), 1);
    const { places } = this;
    this.styles = this.data.topics.map((_, at) => this.styleOf(at, fit, largest));
    this.from = new Float64Array(this.data.topics.length);
    this.until = base * BROAD_UNTIL;
    const boxes = this.styles.map((style, at) => {
      const box = this.labels.boxAt(this.data.topics[at].label, 0, 0, style);
      return [box.right - box.left, box.bottom - box.top];
    });
    this.order.forEach((at, before) => {
      const [width, height] = boxes[at];
      let from = this.data.topics[at].parent >= 0 ? base * FINE_FROM : 0;
      for (const other of this.order.slice(0, before)) {
        const across = (width + boxes[other][0]) / 2 / Math.abs(places[at][0] - places[other][0]);
        const down = (height + boxes[other][1]) / 2 / Math.abs(places[at][1] - places[other][1]) / stretch;
        const apart = Math.min(across, down);
        if (apart <= this.from[other]) continue;
        from = Math.max(from, this.isBroad(other) && !this.isBroad(at) ? Math.min(apart, this.until) : apart);
      }
      this.from[at] = from;
    });
  }

  isShown(at, scale) {
    return scale >= this.from[at] && !(this.isBroad(at) && scale > this.until);
  }
}

const TILE = [480, 360];
const MOST_NAMES_IN_TILE = 60;
const FULL_TILE = 240;

/* The names of points, once few are left in view. They are placed tile by tile of the map, for steps of half a doubling
   of the scale, each within its tile; what is placed once is kept. */
class PointNames {
  constructor(data, grid, labels, topicNames) {
    Object.assign(this, { data, grid, labels, topicNames });
    this.forget();
  }

  /* To be called when the size of the stage, the radius or what is lit has changed. */
  forget() {
    this.tiles = new Map();
  }

  /* Calls `visit` with the points to be named in the box {left, top, right, bottom} of the map. */
  within(camera, radiusAt, lit, box, visit) {
    const level = Math.floor(2 * Math.log2(camera.zoom) + 1e-6);
    if (level < 1 && this.data.length > 60) return;
    const scale = camera.base * 2 ** (level / 2);
    const [across, down] = [TILE[0] / scale, TILE[1] / scale / camera.stretch];
    for (let row = Math.floor(box.top / down); row * down < box.bottom; row += 1) {
      for (let column = Math.floor(box.left / across); column * across < box.right; column += 1) {
        const key = `${level}|${row}|${column}`;
        if (!this.tiles.has(key)) {
          if (this.tiles.size > 400) this.forget();
          const tile = { left: column * across, right: (column + 1) * across, top: row * down, bottom: (row + 1) * down };
          this.tiles.set(key, this.placed(tile, scale, camera.stretch, radiusAt(scale * Math.SQRT2) + 3, lit));
        }
        this.tiles.get(key).forEach(visit);
      }
    }
  }

  placed(tile, scale, stretch, offset, lit) {
    const { x, y, weight } = this.data;
    const seen = [];
    this.grid.within(tile.left, tile.top, tile.right, tile.bottom, (among) => {
      for (const i of among) if (x[i] >= tile.left && x[i] < tile.right && y[i] >= tile.top && y[i] < tile.bottom && !(lit && !lit[i])) seen.push(i);
    });
    const most = seen.length <= MOST_NAMES_IN_TILE ? seen.length : seen.length <= FULL_TILE ? 8 : 0;
    seen.sort((a, b) => weight[b] - weight[a] || a - b);
    const taken = this.topicBoxes(scale, stretch);
    const named = [];
    for (const i of seen) {
      if (named.length === most) break;
      const box = this.labels.boxAt(this.data.title(i), x[i] * scale, y[i] * scale * stretch, { ...POINT_STYLE, offset });
      const inside = box.left >= tile.left * scale && box.right <= tile.right * scale && box.top >= tile.top * scale * stretch && box.bottom <= tile.bottom * scale * stretch;
      if (!inside || taken.some((other) => meets(box, other))) continue;
      taken.push(box);
      named.push(i);
    }
    return named;
  }

  /* The boxes of all topics' names that can be seen within this step of the scale. */
  topicBoxes(scale, stretch) {
    const { topicNames: names, data } = this;
    return names.order
      .filter((at) => names.isShown(at, scale) || names.isShown(at, scale * Math.SQRT2))
      .map((at) => this.labels.boxAt(data.topics[at].label, names.places[at][0] * scale, names.places[at][1] * scale * stretch, names.styles[at]));
  }
}

const POINT_STYLE = { size: 11, weight: 450, wrap: 40 };

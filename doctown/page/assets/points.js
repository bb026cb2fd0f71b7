/* Discs, tens of thousands a frame: written into the pixels of an image, which needs no graphics card and is several
   times as fast as asking a canvas for that many circles. */

const SUBPIXELS = 4;

/* For an alpha over another (both 0 to 255): how much of the colour is the upper one's, 0 to 256, and the alpha of both. */
const SHARE = new Uint16Array(65536);
const TOGETHER = new Uint8Array(65536);
for (let upper = 0; upper < 256; upper += 1) {
  for (let lower = 0; lower < 256; lower += 1) {
    const both = upper + (lower * (255 - upper)) / 255;
    SHARE[(upper << 8) | lower] = both ? Math.round((256 * upper) / both) : 0;
    TOGETHER[(upper << 8) | lower] = Math.round(both);
  }
}

/* A colour as it lies in the pixels of an image, without its alpha. */
const pixelOf = ([red, green, blue]) => red | (green << 8) | (blue << 16);

class PointImage {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
  }

  resize(width, height) {
    this.canvas.width = width;
    this.canvas.height = height;
    this.image = this.context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.masks = [];
  }

  clear() {
    this.pixels.fill(0);
  }

  /* The pixels a disc covers, for one radius (in quarters) and one position within a pixel: where, and how much. */
  mask(quarters, shiftX, shiftY) {
    const key = (quarters * SUBPIXELS + shiftX) * SUBPIXELS + shiftY;
    let mask = this.masks[key];
    if (!mask) {
      const radius = quarters / 4;
      const reach = Math.ceil(radius) + 1;
      mask = { reach, columns: [], rows: [], offsets: [], covers: [] };
      for (let row = -reach; row <= reach; row += 1) {
        for (let column = -reach; column <= reach; column += 1) {
          const away = Math.hypot(column - shiftX / SUBPIXELS, row - shiftY / SUBPIXELS);
          const cover = Math.round(255 * Math.min(Math.max(radius + 0.5 - away, 0), 1));
          if (cover < 4) continue;
          mask.columns.push(column);
          mask.rows.push(row);
          mask.offsets.push(row * this.canvas.width + column);
          mask.covers.push(cover);
        }
      }
      mask.offsets = Int32Array.from(mask.offsets);
      mask.covers = Uint8Array.from(mask.covers);
      this.masks[key] = mask;
    }
    return mask;
  }

  /* Blends one disc at (x, y) pixels; `colour` is a pixel, `strength` 0 to 256. */
  disc(x, y, radius, colour, strength) {
    const { width, height } = this.canvas;
    const left = Math.floor(x);
    const top = Math.floor(y);
    const mask = this.mask(Math.round(radius * 4), Math.floor((x - left) * SUBPIXELS), Math.floor((y - top) * SUBPIXELS));
    const { reach, offsets, covers, columns, rows } = mask;
    if (left < -reach || top < -reach || left >= width + reach || top >= height + reach) return;
    const inside = left >= reach && top >= reach && left < width - reach && top < height - reach;
    const middle = top * width + left;
    const { pixels } = this;
    const redBlue = colour & 0xff00ff;
    const green = colour & 0xff00;
    for (let i = 0; i < offsets.length; i += 1) {
      if (!inside) {
        const column = left + columns[i];
        const row = top + rows[i];
        if (column < 0 || row < 0 || column >= width || row >= height) continue;
      }
      const at = middle + offsets[i];
      const under = pixels[at];
      const alphas = (((covers[i] * strength) >> 8) << 8) | (under >>> 24);
      const share = SHARE[alphas];
      const rest = 256 - share;
      // Red and blue are mixed in one multiplication: each has room for the product.
      const mixed = ((Math.imul(redBlue, share) + Math.imul(under & 0xff00ff, rest)) >>> 8) & 0xff00ff;
      const mixedGreen = ((green * share + (under & 0xff00) * rest) >>> 8) & 0xff00;
      pixels[at] = (TOGETHER[alphas] << 24) | mixed | mixedGreen;
    }
  }

  show() {
    this.context.putImageData(this.image, 0, 0);
  }
}

const GLOW_SIDE = 192;

/* A soft light under the points, in the map's own units from -0.1 to 1.1: where much lies, the ground takes its colour. */
function glowOf(data, colours, group) {
  const side = GLOW_SIDE;
  let planes = [0, 1, 2, 3].map(() => new Float32Array(side * side));
  for (let i = 0; i < data.length; i += 1) {
    const cell = Math.floor(((data.x[i] + 0.1) / 1.2) * side) + side * Math.floor(((data.y[i] + 0.1) / 1.2) * side);
    const colour = colours[group[i] + 1];
    for (let part = 0; part < 3; part += 1) planes[part][cell] += colour[part];
    planes[3][cell] += 1;
  }
  for (let pass = 0; pass < 3; pass += 1) planes = planes.map((plane) => softened(softened(plane, 1, side), side, 1));
  const mean = data.length / (side * side);
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i += 1) {
    const density = planes[3][i];
    if (density < 1e-6) continue;
    for (let part = 0; part < 3; part += 1) image.data[4 * i + part] = planes[part][i] / density;
    image.data[4 * i + 3] = 255 * (1 - Math.exp((-0.45 * density) / Math.max(mean * 2.5, 0.02)));
  }
  const canvas = element("canvas", { width: side, height: side });
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/* A running mean over 7 cells along one axis. */
function softened(plane, step, across) {
  const side = GLOW_SIDE;
  const reach = 3;
  const out = new Float32Array(plane.length);
  for (let line = 0; line < side; line += 1) {
    let sum = 0;
    for (let at = -reach; at < side; at += 1) {
      if (at + reach < side) sum += plane[line * across + (at + reach) * step];
      if (at - reach > 0) sum -= plane[line * across + (at - reach - 1) * step];
      if (at >= 0) out[line * across + at * step] = sum / (2 * reach + 1);
    }
  }
  return out;
}

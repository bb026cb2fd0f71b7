/* Names on the map. The more important take their place first, the others only where nothing is in the way; zooming in
   makes room. A label never jumps: it stands at its place or not at all. */

const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif';

class Labels {
  constructor(context) {
    this.context = context;
    this.measured = new Map();
  }

  /* Forgets what the frame before has placed; `taken` are boxes {left, top, right, bottom} that stay free. */
  begin(taken = []) {
    this.boxes = [...taken];
  }

  /* Draws `text` around (x, y) if there is room: true if it did. */
  put(text, x, y, { size, weight = 600, colour, halo, offset = 0, wrap = 16 }) {
    const font = `${weight} ${size}px ${FAMILY}`;
    const { lines, width } = this.layout(text, font, wrap);
    const height = lines.length * size * 1.16;
    const middle = offset ? y - offset - height / 2 : y;
    const room = size * 0.2;
    const box = { left: x - width / 2 - room, right: x + width / 2 + room, top: middle - height / 2 - room / 2, bottom: middle + height / 2 + room / 2 };
    if (this.boxes.some((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top)) return false;
    this.boxes.push(box);
    const { context } = this;
    context.font = font;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = Math.max(3, size / 4);
    context.strokeStyle = halo;
    context.fillStyle = colour;
    lines.forEach((line, row) => {
      const at = middle + (row - (lines.length - 1) / 2) * size * 1.16;
      context.strokeText(line, x, at);
      context.fillText(line, x, at);
    });
    return true;
  }

  /* At most three lines of about `wrap` characters; longer words are cut. */
  layout(text, font, wrap) {
    const key = `${font}|${wrap}|${text}`;
    let found = this.measured.get(key);
    if (!found) {
      const lines = [];
      for (const word of oneLine(text).split(" ")) {
        const short = word.length > 28 ? `${word.slice(0, 27)}…` : word;
        const last = lines.length - 1;
        if (last >= 0 && (lines[last].length + short.length < wrap || lines.length === 3)) lines[last] += ` ${short}`;
        else lines.push(short);
      }
      const kept = lines.map((line) => (line.length > 36 ? `${line.slice(0, 35)}…` : line));
      this.context.font = font;
      found = { lines: kept, width: Math.max(...kept.map((line) => this.context.measureText(line).width)) };
      if (this.measured.size > 5000) this.measured.clear();
      this.measured.set(key, found);
    }
    return found;
  }
}

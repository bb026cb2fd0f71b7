/* Which points lie where: the map cut into cells, each knowing its points. */

class Grid {
  /* `order`: all points, in the order in which a cell is to give them. */
  constructor(xs, ys, order) {
    this.xs = xs;
    this.ys = ys;
    this.side = Math.min(Math.max(Math.ceil(Math.sqrt(xs.length / 8)), 1), 256);
    const cells = order.map((i) => this.cell(xs[i]) + this.side * this.cell(ys[i]));
    this.lists = new Lists(this.side * this.side, cells, order);
  }

  cell(at) {
    return Math.min(Math.max(Math.floor(at * this.side), 0), this.side - 1);
  }

  /* Calls `visit` with the points (a typed array) of every cell that touches the box. */
  within(left, top, right, bottom, visit) {
    for (let row = this.cell(top); row <= this.cell(bottom); row += 1) {
      const first = this.lists.start[row * this.side + this.cell(left)];
      const last = this.lists.start[row * this.side + this.cell(right) + 1];
      if (last > first) visit(this.lists.items.subarray(first, last));
    }
  }

  /* The point nearest to (x, y) no further than `reach`, or -1; a step down is as far as `stretch` steps across. */
  nearest(x, y, reach, stretch = 1) {
    let best = -1;
    let least = reach * reach;
    this.within(x - reach, y - reach / stretch, x + reach, y + reach / stretch, (points) => {
      for (const i of points) {
        const apart = (this.xs[i] - x) ** 2 + ((this.ys[i] - y) * stretch) ** 2;
        if (apart <= least) [best, least] = [i, apart];
      }
    });
    return best;
  }
}

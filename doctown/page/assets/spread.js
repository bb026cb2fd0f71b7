/* Where points are drawn. A layout by meaning leaves most of its square empty: crowds here, strays far out. So each axis
   is bent: half a point's place is where the layout has it among all but the outermost hundredths, half is how many points
   lie before it. Order along each axis stays, neighbours stay neighbours, crowds get room. */

const KNOTS = 32;
const OUTERMOST = 0.01;

class Spread {
  /* `places`: of all points along one axis; `evenness`: how much of a place is its rank, from 0 to 1. */
  constructor(places, evenness) {
    this.evenness = evenness;
    const sorted = Float64Array.from(places).sort();
    const at = (share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
    const outside = evenness > 0 ? OUTERMOST : 0;
    this.least = at(outside);
    this.width = at(1 - outside) - this.least;
    this.knots = Float64Array.from({ length: KNOTS + 1 }, (_, i) => at(i / KNOTS));
  }

  of(place) {
    if (!(this.width > 0)) return 0.5;
    const { knots } = this;
    const before = Math.min(Math.max(place, knots[0]), knots[KNOTS]);
    let knot = 1;
    while (knot < KNOTS && knots[knot] < before) knot += 1;
    const step = knots[knot] - knots[knot - 1];
    const rank = (knot - 1 + (step > 0 ? (before - knots[knot - 1]) / step : 0.5)) / KNOTS;
    const share = Math.min(Math.max((before - this.least) / this.width, 0), 1);
    return (1 - this.evenness) * share + this.evenness * rank;
  }
}

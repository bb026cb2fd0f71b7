import { parse as parseMoney } from "./money.js";

export class Order {
  private readonly prices: number[] = [];

  add(price: string): this {
    this.prices.push(parseMoney(price));
    return this;
  }

  total(): number {
    return this.prices.reduce((sum, price) => sum + price, 0);
  }

  format(): string {
    return `${this.prices.length} things`;
  }
}

export function parse(text: string): Order {
  const order = new Order();
  for (const price of text.split(" ")) {
    order.add(price);
  }
  return order;
}

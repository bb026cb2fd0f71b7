import { Order, parse } from "@shop/core";
import * as money from "@shop/core/money";
import { format, line } from "shop-text";

export function run(args: string[]): string {
  const order = parse(args.join(" "));
  return format(order);
}

export function sum(left: string, right: string): string {
  return line(left, money.format(money.parse(left) + money.parse(right)));
}

export function empty(): number {
  return new Order().total();
}

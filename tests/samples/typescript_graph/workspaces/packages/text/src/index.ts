import { formatMoney, type Order } from "@shop/core";

export function format(order: Order): string {
  return line(order.format(), formatMoney(order.total()));
}

export function line(left: string, right: string): string {
  return left + pad(right);
}

function pad(text: string): string {
  return text.padStart(10);
}

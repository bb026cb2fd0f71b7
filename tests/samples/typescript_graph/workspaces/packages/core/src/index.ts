export { Order, parse } from "./order.js";
export { format as formatMoney } from "./money.js";

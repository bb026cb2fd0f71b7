import { flush, h } from "./src/runtime";
import { List } from "./src/list";

function page(): string {
  const text = <List title=" hooks " />;
  flush();
  return text;
}

console.log(page());

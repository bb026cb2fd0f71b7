import { FileStorage, MemoryStorage } from "./src/memory.js";
import { both, copy, describe, read, Service, store } from "./src/service.js";

function run(): string[] {
  const memory = new MemoryStorage();
  const file = new FileStorage();
  memory.set("a", "1");
  file.set("b", "2");
  copy(memory, file, "a");
  const service = new Service(memory);
  service.keep("b");
  return [read(file, "b"), describe(file), store(memory), both(file), service.get("a"), memory.describe()];
}

console.log(run());

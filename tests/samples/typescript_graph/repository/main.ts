import { Users } from "./src/repository.js";
import { build, first } from "./src/service.js";

class FixedClock {
  now(): number {
    return 7;
  }
}

async function main(): Promise<void> {
  const service = build(new FixedClock());
  const joined = await service.join(1, 1);
  const renamed = await service.rename(1);
  const found = await service.find("7");
  console.log(joined, renamed, found?.label(), await service.labels(), await first(new Users()), Date.now() > service.clock.now());
}

await main();

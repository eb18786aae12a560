import type { Shop } from "../../test/system/shop.js";
import { copyImplementation } from "../rollout/candidate/copied-implementation.js";
import { inventory } from "../rollout/rollout-plan.js";
import { unproven } from "./unproven.js";

export interface Refusal {
  readonly command: string;
  readonly code: number;
  readonly says: string;
  readonly faults: readonly string[];
}

/** What makes no sense, alone and while a swap is under way: each is refused in one line with the way out. */
export async function refuseNonsense(shop: Shop): Promise<readonly Refusal[]> {
  const [running] = (await shop.status()).instances.filter(({ workload }) => workload === inventory);
  const alone = [
    await type(shop, 2, /already/, "swap", inventory, "--to", running?.implementation ?? "", "--yes"),
    await type(shop, 2, /cannot have 0 instances/, "scale", inventory, "0"),
    await type(shop, 2, /Nobody can be asked/, "swap", inventory, "--to", "typescript"),
    await type(shop, 2, /no swap to pause/, "swap", "--pause"),
    await type(shop, 2, /no service "nobody"/, "swap", "nobody", "--to", "typescript", "--yes"),
    await type(shop, 2, /Name the service/, "swap", "--to", "typescript", "--yes"),
  ];
  using copy = copyImplementation(inventory);
  const slow = ["--longest", "5"];
  const swapping = shop.theseus("swap", inventory, "--to", copy.folder, "--yes", ...unproven, ...slow);
  while ((await shop.status()).swap === undefined);
  const during = [
    await type(shop, 1, /is under way since/, "swap", "user", "--to", "typescript", "--yes"),
    await type(shop, 1, /is under way since/, "scale", inventory, "2"),
    await type(shop, 2, /is not held/, "swap", "--resume"),
    await type(shop, 0, /it is taken back/, "swap", "--abort"),
  ];
  await swapping;
  return [...alone, ...during];
}

async function type(shop: Shop, code: number, says: RegExp, ...args: readonly string[]): Promise<Refusal> {
  const result = await shop.theseus(...args);
  const [line = ""] = `${result.stderr}${result.stdout}`.split("\n");
  const faults = [
    ...(result.code === code ? [] : [`it ended with ${result.code}, not ${code}`]),
    ...(says.test(line) ? [] : [`it says ${line}`]),
  ];
  return { command: `theseus ${args.join(" ")}`, code: result.code, says: line, faults };
}

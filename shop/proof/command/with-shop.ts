import { Shop } from "../../test/system/shop.js";

/** Runs a proof on a shop of its own, in a folder and on ports of its own, and ends it, also when a signal comes. `variables`
are of its environment besides this process's. */
export async function withShop<Result>(
  flags: readonly string[],
  prove: (shop: Shop) => Promise<Result>,
  variables: Readonly<Record<string, string>> = {},
): Promise<Result> {
  await using shop = new Shop(undefined, variables);
  const end = () => void shop[Symbol.asyncDispose]().then(() => process.exit(130));
  const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"];
  for (const signal of signals) process.once(signal, end);
  try {
    await shop.start({ flags });
    return await prove(shop);
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}

import { run } from "@theseus/kit";
import { readConfig } from "./config.js";
import { startShadow } from "./shadow.js";

/** Runs the comparer with the configuration in a file; never rejects. */
export async function main([file = ""]: readonly string[]): Promise<void> {
  await run(() => startShadow(readConfig(file)));
}

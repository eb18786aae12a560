import type { Endpoints } from "@theseus/runtime/control";
import { type TokenFlags, tokenAt } from "../cli/token.js";
import { reconcile } from "../reconcile/reconcile.js";
import { isClean, report } from "../reconcile/report.js";
import { keepPeople } from "../seed/people.js";
import { shopSystem } from "../shop.js";
import { edge, folders } from "./places.js";

/** Does what a start does once everything is healthy: fills a new shop, and has the latest payments compared. */
export async function seed(): Promise<void> {
  for (const job of shopSystem().jobs)
    console.log(`${job.title}: ${await job.run(endpoints(), AbortSignal.timeout(300_000))}`);
}

export async function token(flags: TokenFlags): Promise<void> {
  console.log(await tokenAt(endpoints(), flags));
}

/** Compares all payments with stock and ledger; 1 when something is left that people have to do. */
export async function compareAll(): Promise<number> {
  const found = await reconcile(endpoints());
  console.log(report(found));
  return isClean(found) ? 0 : 1;
}

/** The shop as its edge is seen from beside it, with the accounts of people. */
function endpoints(): Endpoints {
  return { http: edge, grpc: {}, secrets: keepPeople(folders.people) };
}

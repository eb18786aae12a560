import type { Home } from "@theseus/runtime/control";
import { reconcile as compareAll } from "../reconcile/reconcile.js";
import { isClean, report } from "../reconcile/report.js";
import { askStatus, sayNotRunning } from "./supervisor.js";

/** Compares all payments with stock and ledger; 1 when something is left that people have to do. */
export async function reconcile(home: Home): Promise<number> {
  const { endpoints } = (await askStatus(home)) ?? {};
  if (endpoints === undefined) return sayNotRunning(home);
  const found = await compareAll(endpoints);
  console.log(report(found));
  return isClean(found) ? 0 : 1;
}

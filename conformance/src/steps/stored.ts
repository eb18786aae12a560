import { setTimeout as sleep } from "node:timers/promises";
import type { StepOf } from "../cases/steps.js";
import type { Value } from "../cases/value.js";
import { mismatches } from "../expectations/expectation.js";
import { type CaseRun, StepFailure } from "./case-run.js";
import { control } from "./control.js";

/** What is written after the answer of its call may take so long. */
const WITHIN_MS = 10_000;

export async function performStored({ stored }: StepOf<"stored">, run: CaseRun): Promise<void> {
  const { documents = {}, without = [], durably } = stored;
  const until = performance.now() + WITHIN_MS;
  for (;;) {
    const found = await control(run).documents();
    const text = JSON.stringify(found);
    const secrets = run.scope.fill(without).filter((secret) => text.includes(secret));
    const faults = [
      ...mismatches(documents, found, run.scope),
      ...secrets.map((secret) => `${secret} is in the store`),
    ];
    if (faults.length === 0) break;
    if (performance.now() > until)
      throw new StepFailure("stored", undefined, stored as Value, found as Value, faults);
    await sleep(50);
  }
  if (durably === true) await assertDurable(run);
}

async function assertDurable(run: CaseRun): Promise<void> {
  const writes = await control(run).writes();
  const faults = writes
    .filter(({ isDurable }) => !isDurable)
    .map(({ command }) => `${command} does not wait for a majority and the journal`);
  if (writes.length === 0) faults.push("no write was seen");
  if (faults.length > 0) throw new StepFailure("stored", undefined, "durable writes", writes.length, faults);
}

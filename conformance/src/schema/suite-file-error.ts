import type { Faults } from "@theseus/runtime/schema";

/** Files of the suite that are not as they must be; every fault is named with its file and line. */
export class SuiteFileError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The suite cannot be read:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
}

/** @throws SuiteFileError when there was any fault */
export function assertNoFaults(faults: Faults): void {
  const found = faults.list();
  if (found.length > 0) throw new SuiteFileError(found);
}

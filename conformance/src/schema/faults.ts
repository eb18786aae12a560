/** Files of the suite that are not as they must be; every fault is named with its file and line. */
export class SuiteFileError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The suite cannot be read:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
}

/** What is wrong in all files that are read, so that it is told at once. */
export class Faults {
  // A fault behind an anchor is found at each alias, and told once.
  readonly #found = new Set<string>();

  /** `place` is a file, or `cases/orders/create.yaml:12`. */
  add(place: string, fault: string): void {
    this.#found.add(`${place}: ${fault}`);
  }

  /** @throws SuiteFileError when there was any fault */
  assertNone(): void {
    if (this.#found.size > 0) throw new SuiteFileError([...this.#found]);
  }
}

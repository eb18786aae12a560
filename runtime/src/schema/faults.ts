/** What is wrong in all files that are read, so that it is told at once. */
export class Faults {
  // A fault behind an anchor is found at each alias, and told once.
  readonly #found = new Set<string>();

  /** `place` is a file, or a file with its line: `orders.yaml:12`. */
  add(place: string, fault: string): void {
    this.#found.add(`${place}: ${fault}`);
  }

  /** A line each, in the order in which they were found. */
  list(): readonly string[] {
    return [...this.#found];
  }
}

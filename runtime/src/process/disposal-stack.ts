/**
 * What was opened so far; disposed of in the reverse order. As `AsyncDisposableStack`, which Node.js 20 does not have.
 *
 * @example
 * await using opened = new DisposalStack();
 * const ledger = opened.use(await openLedger());
 * const server = opened.use(await serve(ledger));
 * const owned = opened.move(); // all went well: it stays open and belongs to the result
 * return { ...server, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
 */
export class DisposalStack implements AsyncDisposable {
  #disposals: (() => unknown)[] = [];

  /** Disposes of it in its turn. */
  use<Opened extends Disposable | AsyncDisposable>(opened: Opened): Opened {
    this.defer(
      Symbol.asyncDispose in opened ? () => opened[Symbol.asyncDispose]() : () => opened[Symbol.dispose](),
    );
    return opened;
  }

  /** Calls this in its turn. */
  defer(dispose: () => unknown): void {
    this.#disposals.push(dispose);
  }

  /** A new stack with all that is open; this one is empty then. */
  move(): DisposalStack {
    const moved = new DisposalStack();
    moved.#disposals = this.#disposals;
    this.#disposals = [];
    return moved;
  }

  /** Disposes of everything, even when something fails; rejects with the first failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const dispose of this.#disposals.splice(0).reverse()) {
      try {
        await dispose();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

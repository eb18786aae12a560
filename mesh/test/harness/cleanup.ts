/** Ends what a test began, last things first. */
export class Cleanup {
  readonly #owned: (Disposable | AsyncDisposable)[] = [];

  use<Owned extends Disposable | AsyncDisposable>(owned: Owned): Owned {
    this.#owned.push(owned);
    return owned;
  }

  async run(): Promise<void> {
    for (const owned of this.#owned.splice(0).reverse()) {
      if (Symbol.asyncDispose in owned) await owned[Symbol.asyncDispose]();
      else owned[Symbol.dispose]();
    }
  }
}

type Dispose = () => unknown;

/**
 * The `AsyncDisposableStack` of ECMAScript, which Node.js 20 does not have: what was opened, to be closed in the opposite
 * order, each when the one before has been. Errors do not keep the rest from being closed; the last one is thrown, as a
 * SuppressedError with those before it when there are several.
 *
 * @example
 * await using opened = new AsyncDisposableStack();
 * const store = opened.use(openStore()); // closed again when the next line throws
 * const server = opened.use(await serve({ … }));
 * const running = opened.move(); // from here on, closed by whoever disposes of `running`
 * return { address: server.address, [Symbol.asyncDispose]: () => running.disposeAsync() };
 */
export class AsyncDisposableStack implements AsyncDisposable {
  readonly [Symbol.toStringTag] = "AsyncDisposableStack";
  #opened: Dispose[] = [];
  #disposed = false;

  /** True once it was disposed of, or its contents were moved. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Adds a resource with `Symbol.asyncDispose` or else `Symbol.dispose`, and gives it. Null and undefined are none. */
  use<T extends AsyncDisposable | Disposable | null | undefined>(resource: T): T {
    this.#assertOpen();
    if (resource !== null && resource !== undefined) this.#opened.push(disposalOf(resource));
    return resource;
  }

  /** Adds something that is no resource itself, with what closes it, and gives it. */
  adopt<T>(value: T, dispose: (value: T) => PromiseLike<void> | void): T {
    this.#assertOpen();
    assertFunction(dispose);
    this.#opened.push(() => dispose(value));
    return value;
  }

  /** Adds what is to be done at the end. */
  defer(dispose: () => PromiseLike<void> | void): void {
    this.#assertOpen();
    assertFunction(dispose);
    this.#opened.push(() => dispose());
  }

  /** A new stack with all that is in this one, which counts as disposed of from then on and closes nothing. */
  move(): AsyncDisposableStack {
    this.#assertOpen();
    const moved = new AsyncDisposableStack();
    moved.#opened = this.#opened;
    this.#opened = [];
    this.#disposed = true;
    return moved;
  }

  /** Closes everything. The second time it does nothing. */
  async disposeAsync(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    let failure: { readonly error: unknown } | undefined;
    for (const dispose of this.#opened.splice(0).reverse()) {
      try {
        await dispose();
      } catch (error) {
        failure = { error: failure === undefined ? error : suppressing(error, failure.error) };
      }
    }
    if (failure !== undefined) throw failure.error;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }

  #assertOpen(): void {
    if (this.#disposed) throw new ReferenceError("the stack has been disposed of");
  }
}

/** The method is looked up now, so that a resource without one is refused before anything depends on it. */
function disposalOf(resource: AsyncDisposable | Disposable): Dispose {
  const later: unknown = Reflect.get(Object(resource), Symbol.asyncDispose);
  const dispose: unknown = later ?? Reflect.get(Object(resource), Symbol.dispose);
  assertFunction(dispose);
  const call = () => Reflect.apply(dispose, resource, []);
  // What a synchronous disposal gives is not waited for.
  return later === undefined || later === null ? () => void call() : call;
}

function assertFunction(value: unknown): asserts value is (...args: unknown[]) => unknown {
  if (typeof value !== "function") throw new TypeError("there is nothing to dispose of it by");
}

/** The platform's SuppressedError where there is one. */
function suppressing(error: unknown, suppressed: unknown): Error {
  const message = "an error was suppressed while resources were disposed of";
  if (typeof globalThis.SuppressedError === "function") {
    return new globalThis.SuppressedError(error, suppressed, message);
  }
  return Object.assign(new Error(message), { name: "SuppressedError", error, suppressed });
}

/** What has been opened, to be closed in the opposite order. Node 20 has no AsyncDisposableStack. */
export interface Stack extends AsyncDisposable {
  use<T extends AsyncDisposable>(resource: T): T;
  defer(close: () => Promise<unknown>): void;
}

export function createStack(): Stack {
  const closers: (() => PromiseLike<unknown>)[] = [];
  return {
    use: (resource) => {
      closers.push(() => resource[Symbol.asyncDispose]());
      return resource;
    },
    defer: (close) => {
      closers.push(close);
    },
    [Symbol.asyncDispose]: async () => {
      for (const close of closers.reverse()) await close();
    },
  };
}

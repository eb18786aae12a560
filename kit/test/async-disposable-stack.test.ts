import { setImmediate as nextTurn } from "node:timers/promises";
import { rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { AsyncDisposableStack } from "../src/index.js";

describe("AsyncDisposableStack", () => {
  const closed: string[] = [];
  beforeEach(() => {
    closed.length = 0;
  });

  const later = (name: string): AsyncDisposable => ({
    [Symbol.asyncDispose]: async () => {
      await nextTurn();
      closed.push(name);
    },
  });
  const atOnce = (name: string): Disposable => ({ [Symbol.dispose]: () => void closed.push(name) });
  const failing = (error: unknown): AsyncDisposable => ({
    [Symbol.asyncDispose]: () => Promise.reject(error),
  });

  it("closes in the opposite order, each when the one before has been", async () => {
    const stack = new AsyncDisposableStack();
    const first = later("first");
    expect(stack.use(first)).to.equal(first);
    stack.use(atOnce("second"));
    expect(stack.adopt("third", async (name) => void closed.push(name))).to.equal("third");
    stack.defer(async () => {
      await nextTurn();
      closed.push("fourth");
    });
    expect(stack.disposed).to.equal(false);
    const disposing = stack.disposeAsync();
    expect(stack.disposed).to.equal(true);
    await disposing;
    expect(closed).to.deep.equal(["fourth", "third", "second", "first"]);
  });

  it("closes what was opened when what comes after fails", async () => {
    const start = async () => {
      await using stack = new AsyncDisposableStack();
      stack.use(later("store"));
      throw new Error("the port is taken");
    };
    expect((await rejectionOf(start())).message).to.equal("the port is taken");
    expect(closed).to.deep.equal(["store"]);
  });

  it("closes nothing that was moved, until the new stack is disposed of", async () => {
    const start = async () => {
      await using stack = new AsyncDisposableStack();
      stack.use(later("store"));
      const moved = stack.move();
      expect(stack.disposed).to.equal(true);
      return moved;
    };
    const moved = await start();
    expect([closed, moved.disposed]).to.deep.equal([[], false]);
    await moved.disposeAsync();
    expect(closed).to.deep.equal(["store"]);
  });

  it("closes everything once", async () => {
    const stack = new AsyncDisposableStack();
    stack.use(later("store"));
    await Promise.all([stack.disposeAsync(), stack[Symbol.asyncDispose]()]);
    await stack.disposeAsync();
    expect(closed).to.deep.equal(["store"]);
  });

  it("closes the rest when something cannot be closed, and throws the error", async () => {
    const stack = new AsyncDisposableStack();
    stack.use(later("store"));
    stack.use(failing(new Error("stuck")));
    stack.use(later("server"));
    expect((await rejectionOf(stack.disposeAsync())).message).to.equal("stuck");
    expect(closed).to.deep.equal(["server", "store"]);
  });

  it("throws the last of several errors with the others", async () => {
    const [first, second, third] = [new Error("1"), new Error("2"), new Error("3")];
    const stack = new AsyncDisposableStack();
    for (const error of [third, second, first]) stack.use(failing(error));
    const thrown = await rejectionOf(stack.disposeAsync());
    expect(thrown).to.include({ name: "SuppressedError", error: third });
    expect(thrown).to.have.nested.property("suppressed.error", second);
    expect(thrown).to.have.nested.property("suppressed.suppressed", first);
  });

  it("takes null and undefined for no resource", async () => {
    const stack = new AsyncDisposableStack();
    expect([stack.use(null), stack.use(undefined)]).to.deep.equal([null, undefined]);
    await stack.disposeAsync();
  });

  it("refuses what cannot be closed, and keeps what it has", async () => {
    const stack = new AsyncDisposableStack();
    stack.use(later("store"));
    expect(() => stack.use({} as AsyncDisposable)).to.throw(TypeError);
    expect(() => stack.defer("close" as never)).to.throw(TypeError);
    expect(() => stack.adopt(1, undefined as never)).to.throw(TypeError);
    await stack.disposeAsync();
    expect(closed).to.deep.equal(["store"]);
  });

  it("takes nothing more once it is disposed of", async () => {
    const stack = new AsyncDisposableStack();
    await stack.disposeAsync();
    for (const add of [
      () => stack.use(later("late")),
      () => stack.adopt(1, async () => undefined),
      () => stack.defer(async () => undefined),
      () => stack.move(),
    ]) {
      expect(add).to.throw(ReferenceError);
    }
  });

  it("calls the method that a resource had when it was added, on the resource", async () => {
    const resource = {
      name: "store",
      async [Symbol.asyncDispose]() {
        closed.push(this.name);
      },
    };
    const stack = new AsyncDisposableStack();
    stack.use(resource);
    resource[Symbol.asyncDispose] = async () => void closed.push("another");
    await stack.disposeAsync();
    expect(closed).to.deep.equal(["store"]);
  });
});

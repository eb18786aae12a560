import { expect } from "chai";
import { DisposalStack } from "../src/process/disposal-stack.js";

describe("a disposal stack", () => {
  let closed: string[];
  let stack: DisposalStack;
  beforeEach(() => {
    closed = [];
    stack = new DisposalStack();
  });

  const synchronous = (name: string) => ({ [Symbol.dispose]: () => void closed.push(name) });
  const asynchronous = (name: string) => ({
    [Symbol.asyncDispose]: async () => {
      await Promise.resolve();
      closed.push(name);
    },
  });

  it("disposes of what was opened in the reverse order, once", async () => {
    stack.use(synchronous("store"));
    stack.use(asynchronous("server"));
    stack.defer(() => closed.push("folder"));
    await stack[Symbol.asyncDispose]();
    await stack[Symbol.asyncDispose]();
    expect(closed).to.deep.equal(["folder", "server", "store"]);
  });

  it("gives up what was moved", async () => {
    stack.use(synchronous("store"));
    const owned = stack.move();
    await stack[Symbol.asyncDispose]();
    expect(closed).to.deep.equal([]);
    await owned[Symbol.asyncDispose]();
    expect(closed).to.deep.equal(["store"]);
  });

  it("disposes of the rest when something fails, and fails with the first failure", async () => {
    stack.use(synchronous("store"));
    stack.defer(() => Promise.reject(new Error("second")));
    stack.defer(() => {
      throw new Error("first");
    });
    const failure = await stack[Symbol.asyncDispose]().then(String, String);
    expect(failure).to.equal("Error: first");
    expect(closed).to.deep.equal(["store"]);
  });

  it("closes when a start fails halfway", async () => {
    const start = async () => {
      await using opened = new DisposalStack();
      opened.use(asynchronous("store"));
      throw new Error("no port");
    };
    expect(await start().then(String, String)).to.equal("Error: no port");
    expect(closed).to.deep.equal(["store"]);
  });
});

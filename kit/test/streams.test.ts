import { asAdministrator, eventually, rejectionOf, settled } from "@theseus/testing";
import { expect } from "chai";
import { ErrorReason, StatusError } from "../src/index.js";
import { all, count, from, level, row, startInventory } from "./fake-inventory.js";

describe("a response stream", () => {
  const watch = { items: [], resumeToken: "" };

  it("brings all messages over, in order", async () => {
    await using shop = await startInventory({ watchStock: () => from(level("a"), level("b")) });
    const got = await all(shop.client.watchStock(watch));
    expect(got.map((each) => each.resumeToken)).to.deep.equal(["a", "b"]);
  });

  it("ends with the status and details of what the handler throws after messages", async () => {
    await using shop = await startInventory({
      watchStock: async function* () {
        yield level("a");
        throw new StatusError(ErrorReason.RESUME_TOKEN_EXPIRED, "too old", { metadata: { since: "x" } });
      },
    });
    const got: string[] = [];
    const error = await rejectionOf(
      (async () => {
        for await (const each of shop.client.watchStock(watch)) got.push(each.resumeToken);
      })(),
      StatusError,
    );
    expect(got).to.deep.equal(["a"]);
    expect([error.reason, error.details.metadata]).to.deep.equal([
      ErrorReason.RESUME_TOKEN_EXPIRED,
      { since: "x" },
    ]);
  });

  it("is produced no faster than it is read", async () => {
    const big = "x".repeat(64 * 1024);
    let produced = 0;
    await using shop = await startInventory({
      watchStock: async function* () {
        for (; produced < 2000; produced++) yield level(big);
      },
    });
    for await (const _ of shop.client.watchStock(watch)) {
      await settled("the handler waits for its reader", () => produced);
      break;
    }
    expect(produced).to.be.within(1, 500);
  });

  it("calls the iterator's return() when the caller leaves, even while it waits", async () => {
    let returned = false;
    const iterator: AsyncIterableIterator<ReturnType<typeof level>> = {
      [Symbol.asyncIterator]: () => iterator,
      next: (() => {
        let first = true;
        return () => {
          if (!first) return new Promise(() => undefined);
          first = false;
          return Promise.resolve({ value: level("a") });
        };
      })(),
      return: async () => {
        returned = true;
        return { done: true, value: undefined };
      },
    };
    await using shop = await startInventory({ watchStock: () => iterator });
    for await (const _ of shop.client.watchStock(watch)) break;
    await eventually("return() is called", () => returned);
  });
});

describe("a request stream", () => {
  it("is read message by message and answered once", async () => {
    await using shop = await startInventory({
      importItems: async (rows) => ({ createdCount: BigInt((await all(rows)).length), repeatedCount: 0n }),
    });
    const answer = await shop.client.importItems(from(row("a"), row("b"), row("c")), asAdministrator());
    expect(answer.createdCount).to.equal(3n);
  });

  it("is checked by the contract's rules, naming the message", async () => {
    await using shop = await startInventory({
      importItems: async (rows) => ({ createdCount: BigInt((await all(rows)).length), repeatedCount: 0n }),
    });
    const rows = from(row("a"), row("b"), row("NOT OK"), row("d"));
    const error = await rejectionOf(shop.client.importItems(rows, asAdministrator()), StatusError);
    expect(error.reason).to.equal(ErrorReason.VALIDATION_FAILED);
    expect(error.details.metadata).to.deep.equal({ message_index: "2" });
    expect(error.details.violations.map((violation) => violation.field)).to.deep.equal(["item_id"]);
  });

  it("ends the call with what its source throws", async () => {
    await using shop = await startInventory({ importItems: () => new Promise(() => undefined) });
    const broken = async function* () {
      yield row("a");
      throw new RangeError("no more");
    };
    const error = await rejectionOf(shop.client.importItems(broken(), asAdministrator()));
    expect(error).to.be.instanceOf(RangeError);
  });
});

describe("streams in both directions", () => {
  it("answer while requests come", async () => {
    await using shop = await startInventory({
      syncStock: async function* (counts) {
        for await (const { requestId } of counts) yield { requestId, outcome: undefined };
      },
    });
    let answered = 0;
    const counts = async function* () {
      for (let sent = 0; sent < 3; sent++) {
        await eventually(`${sent} answers`, () => answered === sent);
        yield count("items/a");
      }
    };
    for await (const _ of shop.client.syncStock(counts(), asAdministrator())) answered++;
    expect(answered).to.equal(3);
  });
});

import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseContract } from "@theseus/kit/contract";
import { expect } from "chai";
import { foreignDescriptorSet } from "./foreign-contract.js";
import { type Answer, ask, errorOf, fieldsOf, reasonOf } from "./http-client.js";
import { post } from "./request-checks.js";
import { openShop, type Shop } from "./shop.js";

const BYTES = 400_000;
/** A little below what the method takes as JSON. */
const SHOP_BYTES = 250_000;
/** A little below what any method takes. */
const MOST_BYTES = 4_000_000;
const CUB = '{"id":"7","diet":"MEAT","cagePath":"north/7"}';
const DIGITS = 3_500_000;

/** As many items as make a text of some 400 KB, or of `bytes`. */
function items(item: string, bytes = BYTES): string {
  return Array(Math.ceil(bytes / (item.length + 1)))
    .fill(item)
    .join(",");
}

function nested(levels: number, inner: string): string {
  return `${'{"mother":'.repeat(levels)}${inner}${"}".repeat(levels)}`;
}

describe("The work on a body", () => {
  let zoo: Shop;
  /** One that looks at as many values as a body has room for. */
  let patient: Shop;
  before(async () => {
    const contract = parseContract(foreignDescriptorSet());
    zoo = await openShop({ contract });
    patient = await openShop({ contract, maxValues: 10_000_000 });
  });
  after(async () => {
    await zoo[Symbol.asyncDispose]();
    await patient[Symbol.asyncDispose]();
  });

  const search = (body: string, { address } = patient): Promise<Answer> =>
    ask(address, "/animals/5:now", { method: "SEARCH", body });

  const blockOf = (body: string, shop = patient) => longestBlock(() => search(body, shop));

  /** The longest time that nothing else is done while a request is answered, in ms: the least of five. */
  async function longestBlock(request: () => Promise<unknown>): Promise<number> {
    const blocks: number[] = [];
    for (let run = 0; run < 5; run++) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      await request();
      await new Promise((resolve) => setTimeout(resolve, 5));
      delay.disable();
      blocks.push(delay.max / 1e6);
    }
    return Math.min(...blocks);
  }

  const ofFaults: readonly (readonly [string, string])[] = [
    ["items that are no messages", `{"cubs":[${items("1")}]}`],
    ["items with an unknown field", `{"cubs":[${items('{"x":1}')}]}`],
    ["items with a value of another type", `{"cubs":[${items('{"id":true}')}]}`],
    ["texts of another type", `{"names":[${items("1")}]}`],
    ["a fault below many levels", nested(90, `{"cubs":[${items(CUB)}],"id":true}`)],
    ["a fault after all that fits", `{"cubs":[${items(CUB)},1]}`],
  ];
  for (const [what, body] of ofFaults) {
    it(`is about that on a valid one: ${what}`, async () => {
      expect((await search(body)).status).to.equal(400);
      const valid = `{"cubs":[${items(CUB, body.length)}]}`;
      expect((await search(valid)).status).to.equal(200);
      expect((await blockOf(body)) / (await blockOf(valid))).to.be.below(15);
    });
  }

  it("is about that on a valid one: more items than the method's size has room for", async () => {
    await using shop = await openShop();
    const reserve = (lines: string) => ask(shop.address, "/v1/reservations", post(`{"lines":[${lines}]}`));
    const empty = items("{}", SHOP_BYTES);
    const valid = items(`{"item":"items/tea",${" ".repeat(40)}"quantity":3}`, SHOP_BYTES);
    expect((await reserve(empty)).status).to.equal(413);
    expect((await reserve(valid)).status).to.equal(200);
    const block = await longestBlock(() => reserve(empty));
    expect(block / (await longestBlock(() => reserve(valid)))).to.be.below(4);
  });

  const tiny: readonly (readonly [string, string])[] = [
    ["empty messages", `{"cubs":[${items("{}", MOST_BYTES)}]}`],
    ["empty texts", `{"names":[${items('""', MOST_BYTES)}]}`],
    ["messages in messages", `{"cubs":[${items(nested(20, "{}"), MOST_BYTES)}]}`],
  ];
  for (const [what, body] of tiny) {
    it(`is no more than that on a valid one of the same size: as many ${what} as there is room for`, async () => {
      const refused = await search(body, zoo);
      expect([refused.status, reasonOf(errorOf(refused))]).to.deep.equal([413, "REQUEST_TOO_LARGE"]);
      expect(errorOf(refused).message).to.equal("the body has more than 100000 values");
      const valid = `{"cubs":[${items(`{"id":"7","cagePath":"${"x".repeat(140)}"}`, body.length)}]}`;
      expect((await search(valid, zoo)).status).to.equal(200);
      expect((await blockOf(body, zoo)) / (await blockOf(valid, zoo))).to.be.below(3);
    });
  }

  it("is refused at the line that has too many values", async () => {
    const parade = (body: string) =>
      ask(zoo.address, "/parade", {
        method: "POST",
        body,
        headers: { "content-type": "application/x-ndjson" },
      });
    const error = errorOf(await parade(`{}\n{"cubs":[${items("{}", 300_001)}]}\n`));
    expect(reasonOf(error)).to.equal("REQUEST_TOO_LARGE");
    expect(error.message).to.equal("line 2 has more than 100000 values");
  });

  const digits = "9".repeat(DIGITS);
  const numbers: readonly (readonly [string, string, string])[] = [
    ["a 64-bit integer", `{"id":${digits}}`, "id"],
    ["a 64-bit integer as text", `{"id":"${digits}"}`, "id"],
    ["one in a message", `{"cubs":[{"id":"-${digits}"}]}`, "cubs[0].id"],
  ];
  for (const [what, body, field] of numbers) {
    it(`is that on a text of the same length, for absurdly many digits: ${what}`, async () => {
      expect(fieldsOf(errorOf(await search(body)))).to.deep.equal([field]);
      const text = `{"cagePath":"${"x".repeat(DIGITS)}"}`;
      expect((await blockOf(body)) / (await blockOf(text))).to.be.below(15);
    });
  }

  it("takes any count of digits where a text may be", async () => {
    const { status } = await search(`{"names":["${"9".repeat(5000)}"],"photo":"${"9".repeat(4000)}"}`);
    expect(status).to.equal(200);
  });

  it("ends when as many faults are found as are shown", async () => {
    const error = errorOf(await search(`{"cubs":[${items("1")}]}`));
    expect(fieldsOf(error)).to.have.length(32);
    expect(error.message).to.equal("cubs[0]: must be a JSON object (and 31 more)");
  });
});

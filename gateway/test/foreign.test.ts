import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { create, type Message } from "@bufbuild/protobuf";
import { parseContract } from "@theseus/kit/contract";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { describeApi } from "../src/openapi/document.js";
import { readRoutes } from "../src/routes/read-routes.js";
import { answering, send } from "./echo-upstream.js";
import { foreignDescriptorSet } from "./foreign-contract.js";
import { type Ask, ask, errorOf, fieldsOf, open, readAlong, reasonOf } from "./http-client.js";
import { openShop, type Shop } from "./shop.js";

describe("A gateway for a contract that is not the shop's", () => {
  const contract = parseContract(foreignDescriptorSet());
  let zoo: Shop;
  before(async () => {
    zoo = await openShop({ contract });
    zoo.upstream.script = answering(({ requests }) => requests[0]);
  });
  after(() => zoo[Symbol.asyncDispose]());

  const echoed = async (path: string, options: Ask = {}) => {
    const answer = await ask(zoo.address, path, options);
    expect(answer.status, answer.text).to.equal(200);
    return JSON.parse(answer.text);
  };

  it("takes time-out and size from the configuration, whatever the contract's own options are", async () => {
    await using slow = await openShop({ contract, timeoutMs: 3_600_000, maxBodyBytes: 2048 });
    await ask(slow.address, "/animals/5");
    expect(Number(slow.upstream.last().deadline) - Date.now()).to.be.within(3_000_000, 3_600_000);
    const body = JSON.stringify(["x".repeat(2048)]);
    const answer = await ask(slow.address, "/animals/1/names", { method: "PUT", body });
    expect([answer.status, reasonOf(errorOf(answer))]).to.deep.equal([413, "REQUEST_TOO_LARGE"]);
  });

  it("binds numbers in the path", async () => {
    expect(await echoed("/animals/18446744073709551615")).to.include({ id: "18446744073709551615" });
  });

  it("refuses a path that is no number", async () => {
    expect(fieldsOf(errorOf(await ask(zoo.address, "/animals/cat")))).to.deep.equal(["id"]);
  });

  it("takes an additional binding over any number of segments", async () => {
    expect(await echoed("/cages/north/7%2Fb")).to.include({ cagePath: "north/7%2Fb" });
  });

  it("binds nested, repeated, wrapped, enumerated and binary parameters", async () => {
    const query = "mother.mother.id=7&mother.diet=MEAT&legs=4&names=a&names=b&diet=1&tame=true&photo=_-8";
    expect(await echoed(`/animals?${query}`)).to.deep.include({
      diet: "MEAT",
      legs: 4,
      names: ["a", "b"],
      tame: true,
      photo: "/+8=",
    });
    const [request] = zoo.upstream.last().requests as (Message & { mother: { mother: { id: bigint } } })[];
    expect(request?.mother.mother.id).to.equal(7n);
  });

  for (const [query, field] of [
    ["mother=x", "mother"],
    ["mother.none=x", "mother.none"],
    ["id.x=1", "id.x"],
    ["legs=4.5", "legs"],
    ["tame=true&wild=true", "wild"],
  ]) {
    it(`refuses the parameter ${query}`, async () => {
      const error = errorOf(await ask(zoo.address, `/animals?${query}`));
      expect([error.code, fieldsOf(error)]).to.deep.equal([400, [field]]);
    });
  }

  it("answers one field of the message, and takes one as the body", async () => {
    const options = { method: "PUT", body: '["x","y"]' };
    expect(await echoed("/animals/1/names", options))
      .to.include({ id: "1" })
      .and.deep.include({ names: ["x", "y"] });
    zoo.upstream.script = answering(() =>
      create(contract.services[0]?.methods[0]?.output ?? raise(), { names: ["z"] } as Record<
        string,
        unknown
      >),
    );
    expect(await echoed("/animals/1/names")).to.deep.equal(["z"]);
    zoo.upstream.script = answering(({ requests }) => requests[0]);
  });

  it("routes methods of HTTP that are the contract's own", async () => {
    const sent = open(zoo.address, "/animals/3:now", { method: "PROPFIND" });
    sent.end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect([response.statusCode, response.headers.allow]).to.deep.equal([405, "OPTIONS, SEARCH"]);
    response.resume();
  });

  it("leaves the contract a path that is also the gateway's", async () => {
    expect(await echoed("/healthz")).to.include({ cagePath: "" });
    expect((await ask(zoo.address, "/readyz")).status).to.equal(200);
  });

  it("streams both ways at once", async () => {
    zoo.upstream.early = true;
    zoo.upstream.script = ({ call, requests }, method) => {
      call.on("data", () => send({ call, requests } as never, method, create(method.output)));
      call.on("end", () => call.end());
    };
    const sent = open(zoo.address, "/parade", {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
    });
    sent.write('{"id":1}\n');
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const answer = readAlong(response);
    await eventually("a first line", () => answer.lines().length === 1);
    sent.end('{"id":"2"}\n');
    await answer.ended;
    expect(answer.lines()).to.have.lengthOf(2);
    zoo.upstream.early = false;
    zoo.upstream.script = answering(({ requests }) => requests[0]);
  });

  it("ends a stream both ways with the fault of a line that comes after its first answer", async () => {
    zoo.upstream.early = true;
    zoo.upstream.script = ({ call, requests }, method) => {
      call.once("data", () => send({ call, requests } as never, method, create(method.output)));
    };
    const sent = open(zoo.address, "/parade", {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
    });
    sent.write('{"id":1}\n');
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const answer = readAlong(response);
    await eventually("a first line", () => answer.lines().length === 1);
    sent.end('{"legs":"many"}\n');
    await answer.ended;
    const error = errorOf(answer.lines()[1] ?? "");
    expect([error.code, reasonOf(error), error.details[0]?.metadata]).to.deep.equal([
      400,
      "REQUEST_MALFORMED",
      { line: "2" },
    ]);
    await eventually("the call is cancelled", () => zoo.upstream.last().cancelled);
    zoo.upstream.early = false;
    zoo.upstream.script = answering(({ requests }) => requests[0]);
  });

  it("hides methods without a rule, and gives its own reasons", async () => {
    const answer = await ask(zoo.address, "/zoo.Zoo/Hidden", { method: "POST", body: "{}" });
    expect(reasonOf(errorOf(answer))).to.equal("ROUTE_NOT_FOUND");
    expect(errorOf(answer).details[0]).to.include({ domain: "gateway" });
  });

  it("describes it", () => {
    const document = describeApi(contract, readRoutes(contract));
    expect(document.info).to.include({ title: "zoo" });
    expect(Object.keys(document.paths as object)).to.deep.equal([
      "/animals",
      "/animals/{animalsId}",
      "/animals/{animalsId}/names",
      "/cages/{cagesId}",
      "/healthz",
      "/parade",
    ]);
  });
});

function raise(): never {
  throw new Error("the zoo has no method");
}

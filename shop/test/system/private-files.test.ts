import { dirname } from "node:path";
import { whatOthersCanUse } from "@theseus/testing";
import { expect } from "chai";
import { HttpClient } from "./http-client.js";
import { shop } from "./root-hooks.js";

describe("what a shop writes", () => {
  it("can be used by no other account: data, keys, logs, sockets", async () => {
    expect((await new HttpClient(shop().edge).get("/v1/items")).status).to.equal(200);
    const [instance] = await shop().instances();
    const sockets = dirname(dirname(instance?.app.socket ?? ""));
    for (const folder of [shop().home, sockets]) expect(whatOthersCanUse(folder), folder).to.deep.equal([]);
  });
});

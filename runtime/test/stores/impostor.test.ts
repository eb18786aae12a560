import { expect } from "chai";
import { freePort } from "../../src/process/ports.js";
import { mongoHealth } from "../../src/stores/store-health.js";
import { urlFor } from "./fleet-stores.js";
import { type Impostor, startImpostor } from "./impostor.js";
import { mongo } from "./mongo-command.js";

/** A store's port can be somebody else's while the store is started again. */
describe("somebody else on the port of a store", () => {
  let impostor: Impostor;
  let url: string;
  beforeEach(async () => {
    const port = await freePort();
    impostor = await startImpostor(port);
    url = `mongodb://chart:secret@127.0.0.1:${port}/charts?authSource=admin&authMechanism=SCRAM-SHA-256&directConnection=true`;
  });
  afterEach(() => impostor[Symbol.asyncDispose]());

  it("is sent data by whoever has no password", async () => {
    expect(await mongo(urlFor(url), { find: "charts" })).to.equal("ok");
    expect(impostor.heard).to.include("find");
  });

  it("is noticed by a client with a password, and is sent none", async () => {
    expect(await mongo(url, { find: "charts" })).to.match(/invalid signature/);
    expect(impostor.heard).to.include("saslContinue").and.not.include("find");
  });

  it("is noticed by whoever asks for the store's health", async () => {
    const problem = await mongoHealth(url)(2_000).catch(String);
    expect(problem).to.match(/invalid signature/);
  });
});

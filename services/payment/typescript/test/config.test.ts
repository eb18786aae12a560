import { ConfigError } from "@theseus/kit";
import { expect } from "chai";
import { parseConfig } from "../src/config.js";

const GOOD = {
  LISTEN: "127.0.0.1:0",
  MESH: "unix:/run/mesh.sock",
  MONGODB_URL: "mongodb://a:27017,b:27017/payment",
};

describe("the configuration of the payment service", () => {
  it("takes a replica set of several hosts, and waits 20 s before it takes up what others left", () => {
    const { mongodbUrl, ...config } = parseConfig(GOOD);
    expect({ ...config, mongodbUrl: mongodbUrl.value }).to.deep.equal({
      listen: GOOD.LISTEN,
      mesh: GOOD.MESH,
      mongodbUrl: GOOD.MONGODB_URL,
      recoverAfterMs: 20_000,
      identity: undefined,
      standbyFile: undefined,
      telemetry: undefined,
      logLevel: "info",
    });
  });

  it("names everything that is wrong at once, and no secret", () => {
    const env = { LISTEN: "nowhere", MONGODB_URL: "mongodb://anna:secret@a:1", RECOVER_AFTER_MS: "soon" };
    const { faults } = faultsOf(env);
    expect(faults.map(({ variable }) => variable)).to.deep.equal([
      "LISTEN",
      "MESH",
      "MONGODB_URL",
      "RECOVER_AFTER_MS",
    ]);
    expect(JSON.stringify(faults)).to.not.contain("secret");
  });

  it("refuses an option that the driver does not know", () => {
    const { faults } = faultsOf({ ...GOOD, MONGODB_URL: `${GOOD.MONGODB_URL}?nonsense=1` });
    expect(faults.map(({ variable }) => variable)).to.deep.equal(["MONGODB_URL"]);
  });
});

function faultsOf(env: NodeJS.ProcessEnv): ConfigError {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the configuration was taken");
}

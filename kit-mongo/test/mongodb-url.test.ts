import { ConfigError, parseEnv } from "@theseus/kit";
import { expect } from "chai";
import { mongodbUrl } from "../src/index.js";

const read = (url?: string) =>
  parseEnv({ ...(url !== undefined && { MONGODB_URL: url }) }, { url: mongodbUrl("MONGODB_URL") }).url;

describe("mongodbUrl", () => {
  for (const url of [
    "mongodb://127.0.0.1:27017/orders",
    "mongodb://ann:secret@a:27017,b:27017/orders?replicaSet=rs0&w=majority",
    "mongodb+srv://store.shop.test/orders",
  ]) {
    it(`takes ${url}`, () => {
      expect(read(url)).to.equal(url);
    });
  }

  for (const [what, url] of [
    ["no database", "mongodb://ann:secret@a:27017"],
    ["an empty database", "mongodb://ann:secret@a:27017/?w=1"],
    ["another scheme", "redis://ann:secret@a:27017/orders"],
    ["an option that the driver does not know", "mongodb://ann:secret@a:27017/orders?nonsense=1"],
  ] as const) {
    it(`refuses ${what}, and does not repeat what was given`, () => {
      expect(() => read(url)).to.throw(
        ConfigError,
        /^MONGODB_URL: must be a connection string(?!.*(secret|given))/,
      );
    });
  }

  it("must be there", () => {
    expect(() => read()).to.throw(ConfigError, /^MONGODB_URL: is not set/);
  });
});

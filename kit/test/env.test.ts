import { chmodSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { allOrNone, ConfigError, parseEnv, variable } from "../src/index.js";

describe("parseEnv", () => {
  const folder = createScratchFolder();
  after(() => folder[Symbol.dispose]());

  const shape = {
    listen: variable.listen("LISTEN"),
    mesh: variable.address("MESH", { optional: true }),
    url: variable.url("REDIS_URL", { schemes: ["redis", "unix"] }),
    recoverAfterMs: variable.integer("RECOVER_AFTER_MS", { min: 1, max: 60_000, default: 20_000 }),
    level: variable.oneOf("LOG_LEVEL", ["debug", "info"], { default: "info" }),
    wait: variable.duration("WAIT", { default: 0 }),
  };

  it("gives typed, frozen values with defaults", () => {
    const env = { LISTEN: "127.0.0.1:0", REDIS_URL: "unix:///run/redis.sock", WAIT: "5m", LOG_LEVEL: "" };
    const config = parseEnv(env, shape);
    expect(config).to.deep.equal({
      listen: "127.0.0.1:0",
      mesh: undefined,
      url: "unix:///run/redis.sock",
      recoverAfterMs: 20_000,
      level: "info",
      wait: 300_000,
    });
    expect(Object.isFrozen(config)).to.equal(true);
  });

  it("names all faults at once, with what was given and what is wanted", () => {
    const env = {
      LISTEN: "localhost",
      MESH: "127.0.0.1:0",
      RECOVER_AFTER_MS: "1e3",
      LOG_LEVEL: "loud",
      WAIT: "5",
    };
    expect(() => parseEnv(env, shape))
      .to.throw(ConfigError)
      .with.property("message")
      .that.equals(
        [
          'LISTEN: must be unix:/path (at most 107 bytes) or host:port, for example 127.0.0.1:0 (given: "localhost")',
          'MESH: must be unix:/path (at most 107 bytes) or host:port (given: "127.0.0.1:0")',
          "REDIS_URL: is not set; must be a URL that starts with redis:// or unix://",
          'RECOVER_AFTER_MS: must be a whole number, 1 to 60000 (given: "1e3")',
          'LOG_LEVEL: must be one of debug, info (given: "loud")',
          'WAIT: must be a length of time: 250ms, 10s, 5m or 24h (given: "5")',
        ].join("\n"),
      );
  });

  it("never repeats a URL, which may carry a password", () => {
    const env = { LISTEN: "127.0.0.1:0", REDIS_URL: "http://ann:hunter2@store" };
    expect(() => parseEnv(env, shape)).to.throw(ConfigError, /^REDIS_URL: must be a URL(?!.*hunter2)/);
  });

  it("refuses a secret that others may read, with the command that helps", () => {
    const path = folder.file("keys.json", {}, 0o640);
    const keys = { keys: variable.file("SIGNING_KEYS", { secret: true }) };
    expect(() => parseEnv({ SIGNING_KEYS: path }, keys)).to.throw(ConfigError, `chmod 600 "${path}"`);
    chmodSync(path, 0o600);
    expect(parseEnv({ SIGNING_KEYS: path }, keys).keys).to.equal(path);
  });

  it("refuses a file that is not there, or is none", () => {
    const file = { file: variable.file("LEDGER") };
    expect(() => parseEnv({ LEDGER: join(folder.path, "nope") }, file)).to.throw(
      ConfigError,
      "there is no such file",
    );
    expect(() => parseEnv({ LEDGER: folder.path }, file)).to.throw(ConfigError, "must be the path of a file");
  });

  it("takes settings that belong together all or not at all", () => {
    const tls = { tls: allOrNone({ a: variable.text("TLS_CERT"), b: variable.text("TLS_KEY") }) };
    expect(parseEnv({}, tls).tls).to.equal(undefined);
    expect(parseEnv({ TLS_CERT: "c", TLS_KEY: "k" }, tls).tls).to.deep.equal({ a: "c", b: "k" });
    expect(() => parseEnv({ TLS_CERT: "c" }, tls)).to.throw(ConfigError, "TLS_KEY: is not set");
  });
});

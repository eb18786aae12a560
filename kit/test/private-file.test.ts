import { chmodSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { ConfigError, orPrivateFile, parseEnv, privateFile, variable } from "../src/index.js";

describe("a private file", () => {
  const folder = createScratchFolder();
  after(() => folder[Symbol.dispose]());

  const URL = "redis://ann:hunter2@store:6379";
  let files = 0;
  const fileOf = (content: string, mode = 0o600) => folder.file(`url-${files++}`, content, mode);
  const read = (env: NodeJS.ProcessEnv) =>
    parseEnv(env, { url: orPrivateFile(variable.url("REDIS_URL", { schemes: ["redis"] })) }).url;
  const faultOf = (env: NodeJS.ProcessEnv) => {
    try {
      read(env);
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
    }
    throw new Error("it was taken");
  };

  it("holds what its variable does not say, with a line feed at the end or without", () => {
    expect(read({ REDIS_URL: URL })).to.equal(URL);
    expect(read({ REDIS_URL: URL, REDIS_URL_FILE: "" })).to.equal(URL);
    for (const content of [URL, `${URL}\n`]) {
      expect(read({ REDIS_URL: "", REDIS_URL_FILE: fileOf(content) })).to.equal(URL);
    }
  });

  it("is not given beside the variable", () => {
    const fault = faultOf({ REDIS_URL: URL, REDIS_URL_FILE: fileOf(URL) });
    expect(fault).to.equal("REDIS_URL_FILE: is set, and so is REDIS_URL; set one of them");
  });

  it("is one of two ways, which are both named when there is none", () => {
    expect(faultOf({})).to.equal(
      "REDIS_URL: is not set; must be a URL that starts with redis://; or REDIS_URL_FILE must name a private file that holds it",
    );
  });

  it("leaves what may be absent absent", () => {
    const optional = orPrivateFile(variable.url("REDIS_URL", { schemes: ["redis"], optional: true }));
    expect(parseEnv({}, { optional }).optional).to.equal(undefined);
  });

  for (const [what, env, problem] of [
    ["is missing", () => join(folder.path, "nope"), "there is no such file"],
    ["is a folder", () => folder.path, "must be the path of a file"],
    ["is open to others", () => fileOf(URL, 0o640), "others may read this secret; run: chmod 600 "],
    ["is empty", () => fileOf("\n"), "the file is empty"],
    [
      "holds nonsense",
      () => fileOf("http://ann:hunter2@x"),
      "what the file holds must be a URL that starts with redis://",
    ],
    [
      "holds two line feeds",
      () => fileOf("\n\n"),
      "what the file holds must be a URL that starts with redis://",
    ],
  ] as const) {
    it(`is refused when it ${what}, and what is in it is not repeated`, () => {
      const fault = faultOf({ REDIS_URL_FILE: env() });
      expect(fault.startsWith(`REDIS_URL_FILE: ${problem}`), fault).to.equal(true);
      expect(fault).to.not.contain("hunter2");
    });
  }

  it("is read by who needs what is in it, and says what is wrong with that", () => {
    const path = fileOf("{");
    const parsed = { keys: privateFile("KEYS", () => expect.fail("must be JSON")) };
    expect(() => parseEnv({ KEYS: path }, parsed)).to.throw(
      ConfigError,
      `KEYS: must be JSON (given: "${path}")`,
    );
    chmodSync(path, 0o644);
    expect(() => parseEnv({ KEYS: path }, parsed)).to.throw(ConfigError, "KEYS: others may read this secret");
  });
});

import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MeshPolicy } from "@theseus/mesh/policy";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import type { SystemContext } from "../src/system/context.js";
import { describeHome, prepareHome } from "../src/system/home.js";
import { openSecrets } from "../src/system/secrets.js";
import { fleet } from "./fleet.js";
import { noState } from "./no-state.js";

describe("the secrets of a system", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const folder = scratch.path;
  const { setInterval, clearInterval } = globalThis;
  const timers = new Set<unknown>();

  beforeEach(() => {
    globalThis.setInterval = ((...args: Parameters<typeof setInterval>) => {
      const timer = setInterval(...args);
      timers.add(timer);
      return timer;
    }) as typeof setInterval;
    globalThis.clearInterval = (timer) => {
      timers.delete(timer);
      clearInterval(timer);
    };
  });
  afterEach(() => Object.assign(globalThis, { setInterval, clearInterval }));

  it("are a certificate for each instance, and for each that may call an outside party", async () => {
    const secrets = await openSecrets(context("whole"));
    expect([...secrets.externals.keys()]).to.deep.equal(["weather"]);
    const open = ({ name }: { readonly name: string }) =>
      secrets.openIdentity({ instance: `${name}-1`, workload: name, mayIssue: () => undefined });
    const identities = await Promise.all(fleet.workloads.map(open));
    expect(identities.map(({ externals }) => [...externals.keys()])).to.deep.equal([[], ["weather"], [], []]);
    expect(secrets.identities).to.have.members(identities);
    expect(secrets.files).to.deep.equal({ crew: "/crew.json" });
    expect(timers.size, "kept identities").to.equal(5);
    await secrets[Symbol.asyncDispose]();
    expect(timers.size).to.equal(0);
  });

  it("are renewed no more when opening them fails halfway", async () => {
    const failing = context("half", () => {
      throw new Error("no crew");
    });
    expect(await openSecrets(failing).then(String, String)).to.equal("Error: no crew");
    expect(timers.size).to.equal(0);

    const { home } = context("early");
    writeFileSync(join(home.secrets, "weather-authority"), "a file where a folder must be");
    expect(await openSecrets(context("early")).then(String, String)).to.match(/ENOTDIR|EEXIST/);
    expect(timers.size).to.equal(0);
  });

  it("are named when they are damaged, with the way out, which works", async () => {
    const files = ["authority/authority.pem", "weather-authority/authority.pem", "signing/signing-keys.json"];
    await (await openSecrets(context("damaged")))[Symbol.asyncDispose]();
    for (const file of files) {
      const { home } = context("damaged");
      const path = join(home.secrets, file);
      writeFileSync(path, "not a key");
      const failure = await openSecrets(context("damaged")).then(String, String);
      expect(failure)
        .to.contain(`The keys in ${dirname(path)} cannot be used: `)
        .and.contain("remove the folder: the next start makes ");
      expect(timers.size).to.equal(0);
      rmSync(dirname(path), { recursive: true });
      await (await openSecrets(context("damaged")))[Symbol.asyncDispose]();
    }
  });

  function context(name: string, keepSecrets = () => ({ crew: "/crew.json" })): SystemContext {
    const home = describeHome(join(folder, name));
    prepareHome(home);
    const policy: MeshPolicy = { methods: [authorize], reasons: [] };
    const unused = {
      run: "",
      checkout: "",
      env: {},
      envoy: { file: "", version: "" },
      signal: AbortSignal.abort(),
    };
    const chosen = { policy, allowedHosts: [] };
    return {
      home,
      topology: fleet,
      ...chosen,
      keepSecrets,
      contract: new Uint8Array(),
      report: () => undefined,
      state: noState,
      ...unused,
    };
  }
});

const authorize: MeshPolicy["methods"][number] = {
  path: "/weather.v1.Station/Ask",
  service: "weather.v1.Station",
  clientStreaming: false,
  serverStreaming: false,
  http: [],
  timeoutMs: 1_000,
  idempotency: "unset",
  callers: ["ship"],
  allow: [{ caller: "ship", auth: 4 }],
  maxRequestBytes: 1,
  isSizeOfOverlay: false,
};

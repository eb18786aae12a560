import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { status as Code } from "@grpc/grpc-js";
import { parseContract } from "@theseus/kit/contract";
import { createScratchFolder, listening, runToEnd, type ScratchFolder, startProcess } from "@theseus/testing";
import { expect } from "chai";
import { parseConfig } from "../src/config.js";
import { GATEWAY_REASONS } from "../src/errors/gateway-error.js";
import { httpStatusOf } from "../src/errors/status-table.js";
import { answering, startEchoUpstream } from "./echo-upstream.js";
import { foreignDescriptorSet } from "./foreign-contract.js";
import { ask } from "./http-client.js";

const COMMAND = fileURLToPath(new URL("../../bin/theseus-gateway.mjs", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

describe("The command theseus-gateway", () => {
  let folder: ScratchFolder;
  let zoo: string;
  before(() => {
    folder = createScratchFolder();
    zoo = folder.file("zoo.binpb", foreignDescriptorSet());
  });
  after(() => folder[Symbol.dispose]());

  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    runToEnd([process.execPath, COMMAND, ...args], { env: { PATH: process.env.PATH, ...env } });

  it("serves any descriptor set in front of any upstream, and stops on SIGTERM", async () => {
    const contract = parseContract(foreignDescriptorSet());
    await using upstream = await startEchoUpstream(contract.services);
    upstream.script = answering(({ requests }) => requests[0]);
    const args = ["--descriptor-set", zoo, "--upstream", upstream.address, "--listen", "127.0.0.1:0"];
    await using gateway = await startProcess([process.execPath, COMMAND, "serve", ...args]);
    const { address, ...told } = await listening(gateway);
    expect(told).to.include({ event: "listening", pid: gateway.pid, version: "0.1.0" });
    expect(JSON.parse((await ask(address, "/animals/5")).text)).to.include({ id: "5" });
    expect(await gateway.stop()).to.include({ code: 0 });
  });

  it("reaches its upstream directly, whatever the environment says of proxies", async () => {
    const contract = parseContract(foreignDescriptorSet());
    await using upstream = await startEchoUpstream(contract.services);
    const args = ["--descriptor-set", zoo, "--upstream", upstream.address, "--listen", "127.0.0.1:0"];
    const env = {
      http_proxy: "http://127.0.0.1:1",
      https_proxy: "http://127.0.0.1:1",
      grpc_proxy: "http://127.0.0.1:1",
    };
    await using gateway = await startProcess([process.execPath, COMMAND, "serve", ...args], { env });
    const { address } = await listening(gateway);
    expect((await ask(address, "/animals/5")).status).to.equal(200);
  });

  it("listens on a socket that is private", async () => {
    const path = join(folder.path, "s");
    const env = { LISTEN: `unix:${path}`, MESH: "127.0.0.1:1" };
    await using gateway = await startProcess([process.execPath, COMMAND], { env });
    await listening(gateway);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it("names every fault of its configuration, and exits with 78", async () => {
    const { code, stdout } = await run(["--max-body-bytes", "many"], {
      LISTEN: "here",
      PASS_HEADERS: "cookie,x-ok",
      LOG_LEVEL: "loud",
    });
    const variables = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).variable);
    expect([code, variables]).to.deep.equal([
      78,
      ["LISTEN", "MESH", "LOG_LEVEL", "MAX_BODY_BYTES", "PASS_HEADERS"],
    ]);
  });

  it("names a descriptor set that is none", async () => {
    const { code, stdout } = await run([
      "--descriptor-set",
      COMMAND,
      "--listen",
      "127.0.0.1:0",
      "--upstream",
      "127.0.0.1:1",
    ]);
    expect([code, JSON.parse(stdout).variable]).to.deep.equal([78, "DESCRIPTOR_SET"]);
  });

  it("names an address that is taken", async () => {
    await using upstream = await startEchoUpstream([]);
    const { code, stdout } = await run(["--listen", upstream.address, "--upstream", "127.0.0.1:1"]);
    expect([code, JSON.parse(stdout).variable]).to.deep.equal([78, "LISTEN"]);
  });

  it("refuses what it does not know, and helps", async () => {
    expect((await run(["--colour", "red"])).code).to.equal(64);
    expect((await run(["dance"])).stderr).to.contain("there is no command dance");
    expect((await run(["--help"])).stdout).to.contain("--descriptor-set FILE");
  });

  it("prints the OpenAPI document of a descriptor set", async () => {
    const { code, stdout } = await run(["openapi", "--descriptor-set", zoo]);
    expect([code, JSON.parse(stdout).openapi]).to.deep.equal([0, "3.1.0"]);
  });
});

describe("README.md of the gateway", () => {
  const readme = readFileSync(join(ROOT, "gateway/README.md"), "utf8");
  const help = () => execFileSync(process.execPath, [COMMAND, "--help"], { encoding: "utf8" });

  it("has every option and its variable", () => {
    for (const [, option, variable] of help().matchAll(/^ {2}(--[a-z-]+) .*\(([A-Z_]+)\)$/gm)) {
      expect(readme).to.match(new RegExp(`\\| \`${option}\` +\\| \`${variable}\` +\\|`));
    }
  });

  it("has the defaults, as --help has them", () => {
    const env = { LISTEN: "127.0.0.1:0", MESH: "127.0.0.1:1" };
    const rows = [...readme.matchAll(/^\| `--[a-z-]+` +\| `([A-Z_]+)` +\| `?([0-9a-z]+)`? +\|/gm)];
    const { PASS_HEADERS, ...shown } = Object.fromEntries(rows.map(([, name, value]) => [name, value]));
    expect(PASS_HEADERS).to.equal("none");
    expect(shown).to.include.keys("TIMEOUT", "MAX_BODY_BYTES", "LOG_LEVEL");
    expect(parseConfig({ ...env, ...shown })).to.deep.equal(parseConfig(env));
    const told = help();
    for (const [name, value] of Object.entries(shown)) {
      expect(told).to.match(new RegExp(`; (default )?${value} +\\(${name}\\)$`, "m"));
    }
  });

  it("leads over files that are there, and has every reason of the gateway's own", () => {
    const rows = [...readme.matchAll(/^\| .+ \| (`[a-z]+\/.+`) \| ([A-Z_, ]*)\|$/gm)];
    const files = rows.flatMap(([, names = ""]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    expect(files).to.include("http/handler.ts");
    for (const file of files) expect(existsSync(join(ROOT, `gateway/src/${file}`)), file).to.equal(true);
    const reasons = rows.flatMap(([, , names = ""]) => names.split(",").map((name) => name.trim()));
    expect(new Set(reasons.filter(Boolean))).to.deep.equal(new Set(Object.keys(GATEWAY_REASONS)));
  });

  it("has the HTTP status of every gRPC code", () => {
    for (const code of Object.values(Code)) {
      if (typeof code !== "number" || code === Code.OK) continue;
      expect(readme).to.match(new RegExp(`\\| ${Code[code]} +\\| ${httpStatusOf(code)} +\\|`));
    }
  });
});

describe("docs/openapi.json", () => {
  it("is what the contract says: if not, run npm run openapi -w @theseus/gateway", () => {
    const command = fileURLToPath(new URL("../../bin/document-contract.mjs", import.meta.url));
    const fresh = execFileSync(process.execPath, [command], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(readFileSync(join(ROOT, "docs/openapi.json"), "utf8") === fresh, "up to date").to.equal(true);
  });

  it("has each reference's target, and unambiguous paths", () => {
    const text = readFileSync(join(ROOT, "docs/openapi.json"), "utf8");
    const document = JSON.parse(text);
    for (const [, path = ""] of text.matchAll(/"\$ref": "#\/([^"]+)"/g)) {
      expect(
        path.split("/").reduce((at, key) => at?.[key], document),
        path,
      ).to.not.equal(undefined);
    }
    const shapes = Object.keys(document.paths).map((path) => path.replace(/\{[^}]+\}/g, "{}"));
    expect(new Set(shapes).size).to.equal(shapes.length);
  });
});

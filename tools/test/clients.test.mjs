import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { createServer } from "node:http2";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFileRegistry, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { encodeStatus } from "@theseus/kit/contract";
import { createScratchFolder, runToEnd } from "@theseus/testing";
import { expect } from "chai";
import { releaseContract } from "../contract/release.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const README = readFileSync(join(ROOT, "proto/README.md"), "utf8");
const BLOCK_MS = 480_000;

// A language, and what its block needs beside bash, each with a command that succeeds when it is there.
/** @type {[language: string, needed: Record<string, string[]>][]} */
const LANGUAGES = [
  ["TypeScript", { npx: ["npx", "--version"] }],
  ["Go", { go: ["go", "version"], npx: ["npx", "--version"] }],
  [
    "Python",
    { python3: ["python3", "--version"], "pip for python3": ["python3", "-m", "ensurepip", "--version"] },
  ],
  ["Java", { javac: ["javac", "-version"], mvn: ["mvn", "--version"] }],
];

describe("proto/README.md", () => {
  it("names every file of the contract", () => {
    const files = readdirSync(join(ROOT, "proto/theseus"), { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".proto"),
    );
    const rows = README.split("\n").filter((line) => line.startsWith("|"));
    for (const file of files) {
      const [, folder, name] = /^(.*)\/(.*)\.proto$/.exec(file) ?? [];
      expect(
        rows.some((row) => row.includes(`(theseus/${folder})`) && row.includes(`\`${name}\``)),
        file,
      ).to.equal(true);
    }
  });

  it("names only scripts that are there", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    for (const [, name] of README.matchAll(/`npm run ([\w:-]+)/g))
      expect(scripts).to.have.property(name ?? "");
  });
});

describe("A client made outside from a released contract, as proto/README.md shows it", () => {
  /** @type {import("@theseus/testing").ScratchFolder} */
  let outside;
  /** @type {Awaited<ReturnType<typeof serveOneItem>>} */
  let inventory;

  before(async () => {
    outside = createScratchFolder();
    inventory = await serveOneItem(
      releaseCopy(join(outside.path, "contract")),
      join(outside.path, "inventory.sock"),
    );
  });

  after(async () => {
    await inventory?.close();
    outside[Symbol.dispose]();
  });

  for (const [language, needed] of LANGUAGES) {
    it(`lists the items and handles a refusal by its reason in ${language}`, async function () {
      const missing = Object.keys(needed).find((tool) => !runs(needed[tool] ?? []));
      if (missing) {
        if (this.test) this.test.title += ` (skipped: ${missing} is not there)`;
        this.skip();
      }
      this.timeout(BLOCK_MS + 10_000);
      const folder = join(outside.path, language);
      cpSync(join(outside.path, "contract/contract.binpb"), join(folder, "contract.binpb"));
      const env = { ...process.env, INVENTORY: inventory.address, NODE_OPTIONS: "" };
      const options = { cwd: folder, env, withinMs: BLOCK_MS };
      const { code, stdout, stderr } = await runToEnd(["bash", "-e", "-c", blockOf(language)], options);
      expect(code, stdout + stderr).to.equal(0);
      expect(stdout).to.match(/items\/tea-mug Tea mug$/m);
      expect(stdout).to.match(/^no mermaids are sold$/m);
      const requests = inventory.requests.splice(0);
      expect(requests.map(({ method, asked }) => ({ method, asked }))).to.deep.equal([
        { method: "ListItems", asked: { pageSize: 10 } },
        { method: "GetItem", asked: { name: "items/mermaid" } },
      ]);
      for (const { timeout } of requests) expect(timeout, "a deadline").to.match(/^\d+[HMSmun]$/);
    });
  }
});

/** @param {readonly string[]} command */
function runs([file = "", ...args]) {
  return spawnSync(file, args, { stdio: "ignore" }).status === 0;
}

/** @param {string} language */
function blockOf(language) {
  const [, block] = new RegExp(`\n### ${language}\n.*?\n\`\`\`sh\n(.*?)\n\`\`\`\n`, "s").exec(README) ?? [];
  if (block === undefined) throw new Error(`proto/README.md has no block for ${language}`);
  return block;
}

/**
 * Releases the working tree's contract in a folder of its own, and lays it down as contract.binpb.
 * @param {string} root
 */
function releaseCopy(root) {
  cpSync(join(ROOT, "proto/theseus"), join(root, "proto/theseus"), { recursive: true });
  cpSync(join(ROOT, "buf.yaml"), join(root, "buf.yaml"));
  symlinkSync(join(ROOT, "third_party"), join(root, "third_party"));
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  const contract = join(root, "contract.binpb");
  cpSync(join(root, releaseContract(root, "1.0.0")), contract);
  return contract;
}

/**
 * An inventory with one item, which keeps what it was asked. ListItems answers it; GetItem knows none.
 * @param {string} contract  a descriptor set
 * @param {string} socket  the unix socket to serve on, as the shop has one for people
 */
async function serveOneItem(contract, socket) {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(contract)));
  const service = registry.getService("theseus.inventory.v1.InventoryService");
  if (service === undefined) throw new Error("the contract has no InventoryService");
  const { listItems } = service.method;
  if (listItems === undefined) throw new Error("the contract has no ListItems");
  const items = [{ name: "items/tea-mug", title: "Tea mug" }];
  const page = frame(toBinary(listItems.output, fromJson(listItems.output, { items })));
  const refusal = {
    "grpc-status": "5",
    "grpc-message": "no such item",
    "grpc-status-details-bin": Buffer.from(
      encodeStatus({ code: 5, message: "no such item", reason: "ITEM_NOT_FOUND" }),
    ).toString("base64"),
  };
  /** @type {{method: string, timeout: unknown, asked: unknown}[]} */
  const requests = [];
  /** @type {Set<import("node:http2").ServerHttp2Session>} */
  const sessions = new Set();
  const server = createServer();
  server.on(
    "session",
    (session) => sessions.add(session).size && session.once("close", () => sessions.delete(session)),
  );
  server.on("stream", async (stream, headers) => {
    const body = Buffer.concat(await stream.toArray());
    const [name = ""] = String(headers[":path"]).split("/").slice(-1);
    const method = service.methods.find((each) => each.name === name);
    if (method === undefined) return stream.close();
    const asked = toJson(method.input, fromBinary(method.input, body.subarray(5)));
    requests.push({ method: name, timeout: headers["grpc-timeout"], asked });
    stream.respond({ "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.once("wantTrailers", () =>
      stream.sendTrailers(method === listItems ? { "grpc-status": "0" } : refusal),
    );
    stream.end(method === listItems ? page : undefined);
  });
  server.listen(socket);
  await once(server, "listening");
  const close = async () => {
    server.close();
    for (const session of sessions) session.destroy();
    await once(server, "close");
  };
  return { address: `unix:${socket}`, requests, close };
}

/**
 * A gRPC message on the wire: not compressed, its length, itself.
 * @param {Uint8Array} message
 */
function frame(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

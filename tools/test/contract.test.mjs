import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { contractFaults } from "../contract/check.mjs";
import { releaseContract } from "../contract/release.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const USER = "theseus/user/v1/user_service.proto";
const RESOURCE = "theseus/user/v1/user.proto";
const INVENTORY = "theseus/inventory/v1/inventory_service.proto";

describe("contract check", () => {
  /** @type {import("@theseus/testing").ScratchFolder} */
  let folder;
  /** @type {string} */
  let root;
  // Made once: each test changes a copy.
  const released = createScratchFolder();
  after(() => released[Symbol.dispose]());

  before(() => {
    const root = released.path;
    cpSync(join(ROOT, "proto/theseus"), join(root, "proto/theseus"), { recursive: true });
    cpSync(join(ROOT, "buf.yaml"), join(root, "buf.yaml"));
    symlinkSync(join(ROOT, "third_party"), join(root, "third_party"));
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    releaseContract(root, "1.0.0");
  });

  beforeEach(() => {
    folder = createScratchFolder();
    root = folder.path;
    cpSync(released.path, root, { recursive: true, verbatimSymlinks: true });
  });

  afterEach(() => folder[Symbol.dispose]());

  it("finds nothing in an unchanged contract", () => {
    expect(contractFaults(root)).to.deep.equal([]);
  });

  /** @type {[what: string, file: string, from: string, to: string, fault: RegExp][]} */
  const changes = [
    ["a field's type", INVENTORY, "int32 page_size = 1", "int64 page_size = 1", /page_size.*changed type/],
    [
      "a route",
      USER,
      'get: "/v1/users"',
      'get: "/v1/people"',
      /ListUsers \[google\.api\.http\]\.get: "\/v1\/users" -> "\/v1\/people"/,
    ],
    [
      "a deadline",
      USER,
      "timeout: {seconds: 5}",
      "timeout: {seconds: 4}",
      /CreateUser \[theseus\.mesh\.v1\.policy\]\.timeout/,
    ],
    [
      "who may call",
      USER,
      'caller: "payment"',
      'caller: "inventory"',
      /GetUser \[theseus\.mesh\.v1\.policy\]\.allow/,
    ],
    [
      "what a token must say",
      USER,
      "auth: AUTH_ADMIN",
      "auth: AUTH_USER",
      /ListUsers \[theseus\.mesh\.v1\.policy\]\.allow/,
    ],
    [
      "a service's deadline",
      INVENTORY,
      "timeout: {seconds: 3}",
      "timeout: {seconds: 4}",
      /CreateItem \[theseus\.mesh\.v1\.policy\]\.timeout: "3s" -> "4s"/,
    ],
    [
      "a validation rule",
      RESOURCE,
      "min_len: 12",
      "min_len: 8",
      /password \[buf\.validate\.field\]\.string\.minLen/,
    ],
    [
      "a CEL rule",
      "theseus/inventory/v1/reservation.proto",
      "this.map(line, line.item).unique()",
      "true",
      /lines\.item\.unique\.expression/,
    ],
    [
      "a declared reason",
      USER,
      "option (theseus.mesh.v1.errors) = EMAIL_TAKEN;",
      "",
      /CreateUser \[theseus\.mesh\.v1\.errors\]\.EMAIL_TAKEN/,
    ],
    [
      "a reason's code",
      "theseus/error/v1/error_reason.proto",
      "{code: ABORTED}",
      "{code: UNAVAILABLE}",
      /ETAG_MISMATCH.*code/,
    ],
    [
      "what is redacted",
      "theseus/user/v1/session.proto",
      "    debug_redact = true,\n",
      "",
      /Session\.access_token debugRedact: true -> \(absent\)/,
    ],
    ["whether a call may be repeated", USER, "option idempotency_level = IDEMPOTENT;", "", /CreateUser/],
  ];
  for (const [what, file, from, to, fault] of changes) {
    it(`reports a change of ${what}`, () => {
      edit(file, from, to);
      expect(contractFaults(root).join("\n")).to.match(fault);
    });
  }

  it("takes a policy that a method says itself instead of its service", () => {
    const own = "option (theseus.mesh.v1.policy).timeout = {seconds: 3};";
    edit(INVENTORY, "  rpc CreateItem(CreateItemRequest) returns (Item) {", `$&\n    ${own}`);
    expect(contractFaults(root)).to.deep.equal([]);
  });

  it("takes additions", () => {
    edit(
      "theseus/user/v1/json_web_key.proto",
      "  string use = 7;",
      "  string use = 7;\n  // Certificate.\n  string x5c = 8;",
    );
    expect(contractFaults(root)).to.deep.equal([]);
  });

  it("takes a change that is listed word by word, and refuses a list with more than that", () => {
    edit(RESOURCE, "min_len: 12", "min_len: 8");
    const [fault = ""] = contractFaults(root);
    const [since, ...change] = fault.replace("since ", "").split(": ");
    const entry = { since, why: "shorter passwords", changes: [change.join(": ")] };
    accept([entry]);
    expect(contractFaults(root)).to.deep.equal([]);
    accept([entry, { ...entry, changes: ["something else"] }]);
    expect(contractFaults(root).join()).to.include("a change that is not there");
  });

  it("sees a break that a new release in the same change would hide", () => {
    edit(RESOURCE, "min_len: 12", "min_len: 8");
    releaseContract(root, "1.1.0");
    expect(contractFaults(root).join()).to.include("since 1.0.0:");
  });

  it("sees a released contract that was made again", () => {
    edit(RESOURCE, "min_len: 12", "min_len: 8");
    rmSync(join(root, "proto/baseline/1.0.0.binpb"));
    const sums = join(root, "proto/baseline/SHA256SUMS");
    const before = readFileSync(sums);
    releaseContract(root, "1.0.0");
    writeFileSync(sums, before);
    expect(contractFaults(root).join()).to.include("is not what SHA256SUMS says");
  });

  it("refuses to release a version twice", () => {
    expect(() => releaseContract(root, "1.0.0")).to.throw("never changes");
  });

  /**
   * @param {string} file
   * @param {string} from
   * @param {string} to
   */
  function edit(file, from, to) {
    const path = join(root, "proto", file);
    const text = readFileSync(path, "utf8");
    expect(text).to.include(from);
    writeFileSync(path, text.replace(from, to));
  }

  /** @param {readonly object[]} entries */
  function accept(entries) {
    writeFileSync(join(root, "proto/baseline/accepted.json"), JSON.stringify(entries));
  }
});

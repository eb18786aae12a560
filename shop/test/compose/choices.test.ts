import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder, type ScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { overrideText, writeOverride } from "../../src/compose/files.js";
import { theseus } from "../cli/command-line.js";
import { checkout, parseCompose } from "./compose-file.js";
import { dockerCompose, hasCompose } from "./docker-compose.js";

describe("what is chosen for docker compose", () => {
  let scratch: ScratchFolder;

  beforeEach(() => {
    scratch = createScratchFolder();
  });

  afterEach(() => scratch[Symbol.dispose]());

  it("adds whole pairs, and tells the control plane", () => {
    const { services, volumes } = parseCompose(
      overrideText(checkout, { replicas: new Map([["inventory", 3]]) }),
    );
    expect(Object.keys(services)).to.have.members([
      "control",
      "inventory-2",
      "inventory-2-envoy",
      "inventory-3",
      "inventory-3-envoy",
    ]);
    expect(services.control).to.deep.include({ command: ["control", "--replicas", "inventory=3"] });
    expect(services.control?.volumes).to.include("inventory-3-mesh:/volumes/inventory-3-mesh:z");
    expect(services["inventory-3"]?.volumes).to.deep.equal([
      "inventory-3-sockets:/pair:z",
      "inventory-secrets:/secrets:ro,z",
    ]);
    expect(Object.keys(volumes)).to.have.length(4);
  });

  it("changes nothing but the application when an implementation is chosen", () => {
    const { services } = parseCompose(
      overrideText(checkout, { implementations: new Map([["user", "python"]]) }),
    );
    expect(Object.keys(services)).to.deep.equal(["user-1"]);
    expect(services["user-1"]).to.deep.include({ image: "theseus/user-python:0.1.0" });
  });

  it("may be another implementation in each instance", () => {
    const text = overrideText(checkout, {
      replicas: new Map([["inventory", 2]]),
      implementations: new Map([["inventory-2", "go"]]),
    });
    const { services } = parseCompose(text);
    expect(services["inventory-1"]).to.equal(undefined);
    expect(services["inventory-2"]?.image).to.equal("theseus/inventory-go:0.1.0");
  });

  it("is taken by docker compose over docker-compose.yml, however much is chosen", async function () {
    if (!(await hasCompose())) {
      if (this.test) this.test.title += " (skipped: there is no docker compose)";
      return this.skip();
    }
    const text = overrideText(checkout, {
      replicas: new Map([
        ["inventory", 3],
        ["user", 2],
      ]),
      implementations: new Map([
        ["inventory", "go"],
        ["user-2", "python"],
      ]),
    });
    const override = scratch.file("override.yml", text);
    const { code, stdout, stderr } = await dockerCompose({}, [override], "config", "--format", "json");
    expect(stderr).to.equal("");
    expect(code).to.equal(0);
    const { services } = JSON.parse(stdout) as {
      services: Record<string, { image: string; security_opt: string[] }>;
    };
    expect(services["inventory-1"]?.image).to.equal("theseus/inventory-go:0.1.0");
    expect(services["user-2"]?.image).to.equal("theseus/user-python:0.1.0");
    expect(services.control?.security_opt).to.deep.equal(["no-new-privileges:true"]);
  });

  it("does not write over a file of somebody else", () => {
    const path = scratch.file("docker-compose.override.yml", "services: {}\n");
    expect(() => writeOverride(scratch.path, { replicas: new Map([["inventory", 2]]) })).to.throw(
      /is not written by theseus compose/,
    );
    expect(readFileSync(path, "utf8")).to.equal("services: {}\n");
  });

  it("is gone when nothing is chosen any more", () => {
    writeOverride(scratch.path, { replicas: new Map([["inventory", 2]]) });
    expect(existsSync(join(scratch.path, "docker-compose.override.yml"))).to.equal(true);
    writeOverride(scratch.path, {});
    expect(existsSync(join(scratch.path, "docker-compose.override.yml"))).to.equal(false);
  });

  for (const [what, args, says] of [
    [
      "a service",
      ["--replicas", "cargo=2"],
      'There is no service "cargo".\n  The services are user, inventory, payment.',
    ],
    ["an implementation", ["--impl", "inventory=cobol"], "There is: go, typescript."],
  ] as const) {
    it(`refuses ${what} that does not exist`, async () => {
      const { code, stderr } = await theseus(scratch.path, "compose", ...args);
      expect(code).to.equal(2);
      expect(stderr).to.include(says);
    });
  }
});

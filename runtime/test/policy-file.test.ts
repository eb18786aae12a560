import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  EmptySchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  file_google_protobuf_empty,
} from "@bufbuild/protobuf/wkt";
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { decodeStatus, readDetails, STATUS_DETAILS } from "@theseus/kit/contract";
import { createScratchFolder, eventually } from "@theseus/testing";
import { expect } from "chai";
import { readState } from "../src/process/state-file.js";
import { runSystem } from "../src/supervisor/index.js";
import { describeHome } from "../src/system/home.js";
import type { Endpoints, System } from "../src/system/system.js";
import { fleet } from "./fleet.js";
import { runOptions } from "./run-options.js";

/** Answers every call with an empty message, and health with SERVING; a workload at the edge never calls it. */
const application = `
  import { createServer } from "node:http2";
  const { LISTEN } = process.env;
  const frame = (...bytes) => Buffer.from([0, 0, 0, 0, bytes.length, ...bytes]);
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "application/grpc" });
      response.write(request.url.startsWith("/grpc.health.") ? frame(8, 1) : frame());
      response.addTrailers({ "grpc-status": "0" });
      response.end();
    });
  });
  server.listen(LISTEN.slice("unix:".length), () => {
    console.log(JSON.stringify({ event: "listening", address: LISTEN, version: "1" }));
  });
  process.on("SIGTERM", () => process.exit(0));`;

const policy = `
rules:
  - selector: "*"
    policy:
      timeout: 1s
      allow: [{ caller: pier, auth: AUTH_PUBLIC }]
      max_request_bytes: 1024
  - selector: lamp.v1.Lamp.Extinguish
    forbid: true
`;

describe("a system with a policy file", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const checkout = scratch.path;
  const home = describeHome(join(checkout, "home"));
  const file = join(checkout, "policy.yaml");

  before(() => {
    for (const name of ["pier", "lamp"]) {
      mkdirSync(join(checkout, name));
      writeFileSync(join(checkout, name, "main.mjs"), application);
      const implementation = { name, language: "javascript", run: ["node", "main.mjs"] };
      writeFileSync(join(checkout, name, "implementation.json"), JSON.stringify(implementation));
    }
  });
  beforeEach(() => writeFileSync(file, policy));

  it("has it in each of its sidecars, also in one that is started again after the file is gone", async () => {
    const look = async ({ grpc: { lamp = "" } }: Endpoints) => {
      const outcomes = async () => [await call(lamp, "Kindle"), await call(lamp, "Extinguish")];
      expect(await outcomes()).to.deep.equal(["OK", "CALLER_DENIED"]);
      rmSync(file);
      const before = pidOf("lamp-1-envoy");
      process.kill(before, "SIGKILL");
      await eventually("another sidecar serves", async () => {
        return pidOf("lamp-1-envoy") !== before && (await call(lamp, "Kindle")) === "OK";
      });
      expect(await outcomes()).to.deep.equal(["OK", "CALLER_DENIED"]);
      return "looked";
    };
    const told: string[] = [];
    const options = runOptions({ home, checkout, told });
    await runSystem(system(look), { ...options, policy: file, onOpen: () => options.stop.request() });
    expect(told.join("\n")).to.contain(`the contract's policy, and over it ${file}`);
  });

  it("is not started with one that cannot be used: nothing is touched", async () => {
    writeFileSync(file, policy.replace("Extinguish", "Extingish").replace("1s", "one second"));
    const elsewhere = describeHome(join(checkout, "elsewhere"));
    const options = { ...runOptions({ home: elsewhere, checkout }), policy: file };
    const failure = await runSystem(
      system(async () => ""),
      options,
    ).then(String, String);
    expect(failure.split("\n").slice(1, 3)).to.deep.equal([
      `  ${file}:5: a duration is written such as 2s or 0.25s`,
      `  ${file}:8: "lamp.v1.Lamp.Extingish" selects nothing; did you mean "lamp.v1.Lamp.Extinguish"?`,
    ]);
    expect(readState(elsewhere.state)).to.equal(undefined);
  });

  it("is not started with a faulty contract either, which is told together with the file's faults", async () => {
    writeFileSync(
      file,
      policy.replace("lamp.v1.Lamp.Extinguish", "lamp.v1.Lantern").replace('selector: "*"', "selector: 5"),
    );
    const { topology, ...lamps } = system(async () => "");
    const [pier] = topology.workloads;
    const workloads = pier === undefined ? [] : [pier];
    const options = { ...runOptions({ home, checkout }), policy: file };
    const failure = await runSystem({ ...lamps, topology: { ...topology, workloads } }, options).then(
      String,
      String,
    );
    expect(failure.split("\n").slice(1, -1)).to.deep.equal([
      `  ${file}:3: "selector" must be a text, not 5`,
      "  the contract: lamp.v1.Lamp: nobody serves it",
      `  ${file}:8: "lamp.v1.Lantern" selects nothing`,
    ]);
  });

  it("says what a file leaves unsaid only when all of it could be read", async () => {
    const withoutSize = policy.replace(/ +max_request_bytes.*\n/, "");
    const options = { ...runOptions({ home, checkout }), policy: file };
    const failure = () =>
      runSystem(
        system(async () => ""),
        options,
      ).then(String, String);
    writeFileSync(file, withoutSize);
    expect(await failure()).to.contain("lamp.v1.Lamp.Kindle has no max_request_bytes");
    writeFileSync(file, withoutSize.replace("timeout: 1s", "max_request_byte: 1"));
    expect(await failure())
      .to.contain('"max_request_byte" is not a key here; did you mean "max_request_bytes"?')
      .and.not.contain("has no");
  });

  function pidOf(name: string): number {
    return readState(home.state)?.processes.find((process) => process.name === name)?.pid ?? 0;
  }

  function system(run: (endpoints: Endpoints) => Promise<string>): System {
    const [pier] = fleet.workloads;
    if (pier === undefined) throw new Error("the fleet has no pier");
    const lamp = {
      ...pier,
      name: "lamp",
      services: ["lamp.v1.Lamp"],
      implementations: "lamp",
      variables: {},
    };
    return {
      topology: { ...fleet, workloads: [pier, lamp], externals: [] },
      contract: lampContract(),
      keepSecrets: () => ({}),
      jobs: [{ title: "look around", run }],
    };
  }
});

/** A contract that knows nothing of policies. */
function lampContract(): Uint8Array {
  const { name: dependency, proto } = file_google_protobuf_empty;
  const [inputType, outputType] = Array(2).fill(`.${EmptySchema.typeName}`);
  const file = create(FileDescriptorProtoSchema, {
    name: "lamp/v1/lamp.proto",
    package: "lamp.v1",
    syntax: "proto3",
    dependency: [`${dependency}.proto`],
    service: [
      { name: "Lamp", method: ["Kindle", "Extinguish"].map((name) => ({ name, inputType, outputType })) },
    ],
  });
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [proto, file] }));
}

/** `OK`, or the reason of the refusal. */
function call(address: string, method: string): Promise<string> {
  const client = new Client(address, credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
  const same = (bytes: Buffer) => bytes;
  return new Promise<string>((resolve) => {
    const deadline = Date.now() + 5_000;
    const done = (error: ServiceError | null) => resolve(error === null ? "OK" : reasonOf(error));
    client.makeUnaryRequest(`/lamp.v1.Lamp/${method}`, same, same, Buffer.alloc(0), { deadline }, done);
  }).finally(() => client.close());
}

function reasonOf({ metadata, details }: ServiceError): string {
  const [bytes] = metadata.get(STATUS_DETAILS);
  const status = bytes instanceof Buffer ? decodeStatus(bytes) : undefined;
  return readDetails(status?.details ?? []).reason ?? details;
}

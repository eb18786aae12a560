import { stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { create, createRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import {
  file_grpc_reflection_v1_reflection,
  type ServerReflectionRequestSchema,
  type ServerReflectionResponseSchema,
} from "@theseus/contract/es/grpc/reflection/v1/reflection_pb.js";
import { file_grpc_reflection_v1alpha_reflection } from "@theseus/contract/es/grpc/reflection/v1alpha/reflection_pb.js";
import { eventually, rejectionOf, runToEnd } from "@theseus/testing";
import { expect } from "chai";
import { createLog, ErrorReason, StatusError, serve } from "../src/index.js";
import { healthProtocol, reflectionProtocols } from "../src/protocols/grpc-protocols.js";
import { item, level, rawCall, startInventory } from "./fake-inventory.js";

const SERVICE = "theseus.inventory.v1.InventoryService";
const CHECK = "/grpc.health.v1.Health/Check";
const WATCH = "/grpc.health.v1.Health/Watch";
const log = createLog({ level: "silent", name: "test" });

type Shop = Awaited<ReturnType<typeof startInventory>>;

/** The statuses that a health method answers, as they come. */
function health(shop: Shop, path: string, service: string) {
  const stream = rawCall(shop.channel, path);
  const statuses: number[] = [];
  stream.on("data", (bytes: Buffer) => statuses.push(fromBinary(healthProtocol.response, bytes).status));
  const failure = new Promise<unknown>((resolve) =>
    stream.on("error", resolve).on("end", () => resolve(undefined)),
  );
  stream.end(Buffer.from(toBinary(healthProtocol.request, create(healthProtocol.request, { service }))));
  return { statuses, failure, cancel: () => stream.cancel() };
}

async function check(shop: Shop, service = ""): Promise<number | undefined> {
  const call = health(shop, CHECK, service);
  await call.failure;
  return call.statuses[0];
}

describe("health", () => {
  it("is SERVING for the server and each service while the store answers", async () => {
    await using shop = await startInventory({});
    expect([await check(shop), await check(shop, SERVICE)]).to.deep.equal([1, 1]);
  });

  it("is NOT_SERVING from the start when the store is down, and follows it up and down", async () => {
    let up = false;
    const probe = async () => {
      if (!up) throw new Error("down");
    };
    await using shop = await startInventory({}, { probe, probeIntervalMs: 20 });
    const watch = health(shop, WATCH, SERVICE);
    await eventually("a status", () => watch.statuses[0]);
    expect(await check(shop)).to.equal(2);
    await eventually("the health is logged", () => shop.records.find(({ event }) => event === "health"));
    up = true;
    await eventually("a second status", () => watch.statuses[1]);
    expect(await check(shop)).to.equal(1);
    up = false;
    await eventually("a third status", () => watch.statuses[2]);
    watch.cancel();
    expect(watch.statuses).to.deep.equal([2, 1, 2]);
    const told = shop.records.filter(({ event }) => event === "health").map(({ serving }) => serving);
    expect(told.slice(-2)).to.deep.equal([true, false]);
  });

  it("is NOT_SERVING when the probe gets no answer at all", async () => {
    await using shop = await startInventory(
      {},
      { probe: () => new Promise(() => undefined), probeIntervalMs: 20 },
    );
    expect(await check(shop)).to.equal(2);
  });

  it("knows no other services: NOT_FOUND in Check, SERVICE_UNKNOWN in Watch", async () => {
    await using shop = await startInventory({});
    expect(await health(shop, CHECK, "shop.Nope").failure).to.have.property("code", 5);
    const watch = health(shop, WATCH, "shop.Nope");
    await eventually("a status", () => watch.statuses[0]);
    watch.cancel();
    expect(watch.statuses).to.deep.equal([3]);
  });
});

describe("stopping", () => {
  it("says NOT_SERVING and lets running calls finish", async () => {
    let finish: () => void = () => undefined;
    let running = false;
    await using shop = await startInventory({
      getItem: async () => {
        running = true;
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return item({ title: "done" });
      },
    });
    const watch = health(shop, WATCH, "");
    const call = shop.client.getItem({ name: "items/oar" });
    await eventually("a running call and a status", () => running && watch.statuses[0]);
    const stopped = shop.stop();
    await watch.failure;
    expect(watch.statuses).to.deep.equal([1, 2]);
    finish();
    expect((await call).title).to.equal("done");
    await stopped;
  });

  it("ends response streams between two messages, so that callers go on elsewhere", async () => {
    let returned = false;
    let waiting: AbortSignal | undefined;
    await using shop = await startInventory({
      watchStock: async function* (_, call) {
        try {
          yield level("a");
          waiting = call.signal;
          await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
        } finally {
          returned = true;
        }
      },
    });
    const reading = (async () => {
      for await (const _ of shop.client.watchStock({ items: [], resumeToken: "" }));
    })();
    const failed = rejectionOf(reading);
    await eventually("the handler waits", () => waiting);
    await shop.stop();
    expect(await failed)
      .to.include({ reason: ErrorReason.SERVICE_UNAVAILABLE })
      .and.be.instanceOf(StatusError);
    await eventually("the handler returns", () => returned);
  });

  it("cuts off what has not finished in time", async () => {
    let running = false;
    const getItem = () => {
      running = true;
      return new Promise<never>(() => undefined);
    };
    await using shop = await startInventory({ getItem }, { drainMs: 50 });
    const call = rejectionOf(shop.client.getItem({ name: "items/oar" }));
    await eventually("the handler runs", () => running);
    await shop.stop();
    // The call's own deadline, which comes before the usual drain is over, has another reason.
    expect(await call)
      .to.be.instanceOf(StatusError)
      .and.include({ reason: ErrorReason.SERVICE_UNAVAILABLE });
  });
});

describe("the listening address", () => {
  const probe = async () => undefined;

  it("is a socket that only its owner may use", async () => {
    await using shop = await startInventory({});
    const { mode } = await stat(shop.address.slice("unix:".length));
    expect(mode & 0o777).to.equal(0o600);
  });

  it("has the actual port for port 0", async () => {
    await using server = await serve({ listen: "127.0.0.1:0", services: [], probe, log });
    expect(server.address).to.match(/^127\.0\.0\.1:[1-9][0-9]+$/);
  });

  it("takes over the socket file of a process that is gone, not of one that lives", async () => {
    await using shop = await startInventory({});
    const path = shop.address.slice("unix:".length);
    const inUse = await rejectionOf(serve({ listen: shop.address, services: [], probe, log }));
    expect(String(inUse)).to.contain("another process listens");
    await leaveSocket(`${path}2`);
    await using server = await serve({ listen: `unix:${path}2`, services: [], probe, log });
    expect(server.address).to.equal(`unix:${path}2`);
  });

  it("is never taken from a file that is no socket", async () => {
    await using shop = await startInventory({});
    const path = `${shop.address.slice("unix:".length)}.txt`;
    await writeFile(path, "precious");
    const error = await rejectionOf(serve({ listen: `unix:${path}`, services: [], probe, log }));
    expect(String(error)).to.match(/LISTEN: .*is not a socket/);
  });

  it("that is taken is a fault of the configuration", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const error = await rejectionOf(serve({ listen: `127.0.0.1:${port}`, services: [], probe, log }));
    other.close();
    expect(error).to.have.property("name", "ConfigError");
    expect(String(error)).to.match(/LISTEN: .*EADDRINUSE/);
  });
});

describe("reflection", () => {
  const messages = createRegistry(
    file_grpc_reflection_v1_reflection,
    file_grpc_reflection_v1alpha_reflection,
  );
  for (const { typeName } of reflectionProtocols) {
    const request = messages.getMessage(`${typeName}Request`) as typeof ServerReflectionRequestSchema;
    const response = messages.getMessage(`${typeName}Response`) as typeof ServerReflectionResponseSchema;

    /** What is answered to one question. */
    async function ask(shop: Shop, question: NonNullable<Parameters<typeof create<typeof request>>[1]>) {
      const stream = rawCall(shop.channel, `/${typeName}/ServerReflectionInfo`);
      const answers: Buffer[] = [];
      const ended = new Promise((resolve, reject) => stream.on("error", reject).on("end", resolve));
      stream.on("data", (bytes: Buffer) => answers.push(bytes));
      stream.end(Buffer.from(toBinary(request, create(request, question))));
      await ended;
      return fromBinary(response, answers[0] ?? Buffer.alloc(0)).messageResponse;
    }

    it(`${typeName} lists the services and itself`, async () => {
      await using shop = await startInventory({});
      const answer = await ask(shop, { messageRequest: { case: "listServices", value: "*" } });
      const names =
        answer.case === "listServicesResponse" ? answer.value.service.map(({ name }) => name) : [];
      expect(names).to.include.members([SERVICE, "grpc.health.v1.Health", typeName]);
    });

    it(`${typeName} hands out files byte by byte as the contract has them, imports too`, async () => {
      await using shop = await startInventory({});
      const answer = await ask(shop, {
        messageRequest: { case: "fileContainingSymbol", value: `${SERVICE}.GetItem` },
      });
      const files = answer.case === "fileDescriptorResponse" ? answer.value.fileDescriptorProto : [];
      const original = originals();
      const names = files.map((bytes) => {
        const { name } = fromBinary(FileDescriptorProtoSchema, bytes);
        expect(Buffer.from(bytes).equals(original.get(name) ?? Buffer.alloc(0)), name).to.equal(true);
        return name;
      });
      expect(names[0]).to.equal("theseus/inventory/v1/inventory_service.proto");
      expect(names).to.include.members(["theseus/mesh/v1/policy.proto", "google/protobuf/descriptor.proto"]);
    });

    it(`${typeName} finds extensions`, async () => {
      await using shop = await startInventory({});
      const containingType = "google.protobuf.MethodOptions";
      const numbers = await ask(shop, {
        messageRequest: { case: "allExtensionNumbersOfType", value: containingType },
      });
      expect(
        numbers.case === "allExtensionNumbersResponse" && numbers.value.extensionNumber,
      ).to.include.members([50101]);
      const value = { containingType, extensionNumber: 50101 };
      const file = await ask(shop, { messageRequest: { case: "fileContainingExtension", value } as never });
      expect(file.case).to.equal("fileDescriptorResponse");
    });

    it(`${typeName} knows the details that refusals carry`, async () => {
      await using shop = await startInventory({});
      const value = "google.rpc.ErrorInfo";
      const answer = await ask(shop, { messageRequest: { case: "fileContainingSymbol", value } });
      expect(answer.case).to.equal("fileDescriptorResponse");
    });

    it(`${typeName} describes gRPC's own protocols`, async () => {
      await using shop = await startInventory({});
      for (const value of ["grpc.health.v1.Health.Watch", `${typeName}.ServerReflectionInfo`]) {
        const answer = await ask(shop, { messageRequest: { case: "fileContainingSymbol", value } });
        const [file] = answer.case === "fileDescriptorResponse" ? answer.value.fileDescriptorProto : [];
        const { package: scope, service } = fromBinary(FileDescriptorProtoSchema, file ?? new Uint8Array());
        const [{ name = "", method = [] } = {}] = service;
        expect(method.map((each) => `${scope}.${name}.${each.name}`)).to.include(value);
      }
    });

    it(`${typeName} says NOT_FOUND for what is not there`, async () => {
      await using shop = await startInventory({});
      const answer = await ask(shop, {
        messageRequest: { case: "fileContainingSymbol", value: "shop.Nope" },
      });
      expect(answer.case === "errorResponse" && answer.value.errorCode).to.equal(5);
    });
  }
});

/** A socket file whose process was killed. */
async function leaveSocket(path: string): Promise<void> {
  const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  await runToEnd([process.execPath, "-e", script]);
}

/** The contract's files, each re-serialised by nobody. */
function originals(): Map<string, Buffer> {
  const bytes = descriptorSetBytes();
  const names = fromBinary(FileDescriptorSetSchema, bytes).file.map((file) => file.name);
  const reader = new BinaryReader(bytes);
  return new Map(
    names.map((name) => {
      reader.tag();
      return [name, Buffer.from(reader.bytes())];
    }),
  );
}

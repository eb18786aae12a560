import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import type { Metadata } from "@grpc/grpc-js";
import { ErrorInfoSchema, RetryInfoSchema } from "@theseus/contract/es/google/rpc/error_details_pb.js";
import { StatusSchema } from "@theseus/contract/es/google/rpc/status_pb.js";
import { Status } from "@theseus/contract/google/rpc/status.js";
import { InventoryServiceService as definition } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { asAdministrator, eventually, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { Code, ErrorReason, StatusError, toStatusMessage, toStatusObject } from "../src/index.js";
import { item, rawCall, startInventory } from "./fake-inventory.js";

const GET = "/theseus.inventory.v1.InventoryService/GetItem";

describe("a refusal", () => {
  it("carries ErrorInfo and RetryInfo on the wire", async () => {
    const refuse = async () => {
      throw new StatusError(ErrorReason.ITEM_NOT_FOUND, "no such item: öl", {
        metadata: { item: "items/oar" },
        retryAfterMs: 1500,
      });
    };
    await using shop = await startInventory({ getItem: refuse });
    const stream = rawCall(shop.channel, GET);
    const status = new Promise<{ code: number; details: string; metadata: Metadata }>((resolve) => {
      stream
        .on("error", () => undefined)
        .on("status", resolve)
        .resume();
    });
    stream.end(definition.getItem.requestSerialize({ name: "items/oar" }));
    const { code, details, metadata } = await status;
    expect([code, details]).to.deep.equal([Code.NOT_FOUND, "no such item: öl"]);
    const message = fromBinary(StatusSchema, Buffer.from(metadata.get("grpc-status-details-bin")[0] ?? ""));
    expect([message.code, message.message]).to.deep.equal([Code.NOT_FOUND, "no such item: öl"]);
    const [info, retry] = message.details;
    expect(info && anyUnpack(info, ErrorInfoSchema)).to.deep.include({
      reason: "ITEM_NOT_FOUND",
      domain: "theseus",
      metadata: { item: "items/oar" },
    });
    expect(retry && anyUnpack(retry, RetryInfoSchema)?.retryDelay).to.deep.include({
      seconds: 1n,
      nanos: 500_000_000,
    });
  });

  it("is the same as a message in an answer", () => {
    const error = new StatusError(ErrorReason.ITEM_NOT_FOUND, "no such item", {
      metadata: { item: "items/oar" },
      violations: [{ field: "item", rule: "known", message: "must be there" }],
      retryAfterMs: 1500,
    });
    const [trailer = ""] = toStatusObject(error).metadata.get("grpc-status-details-bin");
    expect(Status.decode(Buffer.from(trailer))).to.deep.equal(toStatusMessage(error));
    expect(toStatusMessage(error).details).to.have.length(3);
  });

  it("reaches the client with reason, text and metadata", async () => {
    await using shop = await startInventory({
      getItem: async ({ name }) => {
        throw new StatusError(ErrorReason.ITEM_NOT_FOUND, "there is no such item", {
          metadata: { item: name },
        });
      },
    });
    const error = await rejectionOf(shop.client.getItem({ name: "items/oar" }), StatusError);
    expect([error.code, error.reason]).to.deep.equal([Code.NOT_FOUND, ErrorReason.ITEM_NOT_FOUND]);
    expect(error.message).to.equal("there is no such item");
    expect(error.details.metadata).to.deep.equal({ item: "items/oar" });
    expect(error.remote).to.equal(true);
  });

  for (const [what, thrown] of [
    [
      "a reason that the method does not declare",
      new StatusError(ErrorReason.EMAIL_TAKEN, "taken: a@b.example"),
    ],
    ["an error of a driver", new TypeError("cannot read secret of ann@shop.example")],
    ["something that is no error", "boo"],
  ] as const) {
    it(`goes out as INTERNAL with a fixed text for ${what}, and is logged once with its cause`, async () => {
      await using shop = await startInventory({ getItem: () => Promise.reject(thrown) });
      const error = await rejectionOf(shop.client.getItem({ name: "items/oar" }), StatusError);
      expect([error.code, error.reason, error.message]).to.deep.equal([
        Code.INTERNAL,
        ErrorReason.INTERNAL,
        "internal error",
      ]);
      await eventually("the call is logged", () => shop.records.find(({ event }) => event === "call"));
      const faults = shop.records.filter((line) => line.level === "error");
      expect(faults).to.have.length(1);
      expect(faults[0]?.err).to.have.property("message");
      expect(JSON.stringify(faults)).not.to.contain("@shop.example").and.not.contain("a@b.example");
    });
  }

  it("of a peer that was called is not passed on as our own", async () => {
    await using behind = await startInventory({
      addStock: () => Promise.reject(new StatusError(ErrorReason.CALLER_DENIED, "not you")),
      getItem: () => Promise.reject(new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "store down")),
    });
    await using shop = await startInventory({
      getItem: async ({ name }) => {
        if (name === "items/a") await behind.client.getItem({ name });
        await behind.client.addStock(
          { ...definition.addStock.requestDeserialize(Buffer.alloc(0)) },
          asAdministrator(),
        );
        return item();
      },
    });
    expect((await rejectionOf(shop.client.getItem({ name: "items/a" }), StatusError)).reason).to.equal(
      ErrorReason.SERVICE_UNAVAILABLE,
    );
    expect((await rejectionOf(shop.client.getItem({ name: "items/b" }), StatusError)).reason).to.equal(
      ErrorReason.INTERNAL,
    );
  });
});

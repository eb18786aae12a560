import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { bearer, type Inventory, paths, startInventory } from "../harness/inventory.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const headers = { traceparent: `00-${TRACE}-${SPAN}-01` };

describe("A sidecar with a receiver of spans", () => {
  let receiver: Server;
  let told: { readonly path: string; readonly bytes: Buffer }[];
  let inventory: Inventory;
  before(async () => {
    told = [];
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        told.push({ path: request.url ?? "", bytes: Buffer.concat(chunks) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const { port } = receiver.address() as AddressInfo;
    inventory = await startInventory(undefined, { url: `http://127.0.0.1:${port}/base` });
  });
  after(async () => {
    await inventory?.[Symbol.asyncDispose]();
    receiver.closeAllConnections();
    receiver.close();
  });
  beforeEach(() => {
    told.length = 0;
    inventory.application.arrivals.length = 0;
  });

  it("tells a span of a call, below the caller's, and the application is below that", async () => {
    expect((await inventory.gateway.call(paths.getItem, { headers })).status).to.equal("OK");
    const [arrival] = inventory.application.arrivals;
    const [, trace, span, flags] = arrival?.headers.traceparent?.split("-") ?? [];
    expect([trace, flags]).to.deep.equal([TRACE, "01"]);
    expect(span).not.to.equal(SPAN);
    await eventually("the span is told", () => spansOf(TRACE).length > 0);
    const [sent] = spansOf(TRACE);
    expect(sent?.path).to.equal("/base/v1/traces");
    for (const id of [SPAN, span ?? ""])
      expect(sent?.bytes.includes(Buffer.from(id, "hex")), id).to.equal(true);
    for (const text of ["inventory-sidecar", "inventory-1"])
      expect(sent?.bytes.includes(text), text).to.equal(true);
  });

  it("tells nothing of tokens", async () => {
    const token = await inventory.tokens.issue({ sub: "users/alice", roles: ["customer"] });
    const { headers: given } = bearer(token);
    await inventory.gateway.call(paths.createReservation, { headers: { ...headers, ...given } });
    await eventually("the span is told", () => spansOf(TRACE).length > 0);
    expect(told.filter(({ bytes }) => bytes.includes(token.slice(0, 40)))).to.deep.equal([]);
  });

  it("tells nothing of health checks", async () => {
    await inventory.gateway.call("/grpc.health.v1.Health/Check");
    await inventory.gateway.call(paths.getItem, { headers });
    await eventually("the call's span is told", () => spansOf(TRACE).length > 0);
    expect(told.filter(({ bytes }) => bytes.includes("grpc.health"))).to.deep.equal([]);
  });

  it("answers while the receiver is not there", async () => {
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
    for (let call = 0; call < 20; call++)
      expect((await inventory.gateway.call(paths.getItem, { headers })).status).to.equal("OK");
  });

  function spansOf(trace: string) {
    return told.filter(({ bytes }) => bytes.includes(Buffer.from(trace, "hex")));
  }
});

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { type Inventory, paths, startInventory } from "../harness/inventory.js";

describe("The developer's listener, flooded,", () => {
  let inventory: Inventory;
  beforeEach(async () => {
    inventory = await startInventory();
  });
  afterEach(() => inventory[Symbol.asyncDispose]());

  it("lets no more calls through than a person makes, and the mesh's as ever", async () => {
    const started = Date.now();
    const flood = Promise.all(Array.from({ length: 300 }, () => inventory.developer.call(paths.getItem)));
    const others = Promise.all(Array.from({ length: 100 }, () => inventory.gateway.call(paths.getItem)));
    const refused = (await flood).filter(({ status }) => status !== "OK");
    const passed = 300 - refused.length;
    const seconds = Math.ceil((Date.now() - started) / 1000);
    expect(passed).to.be.within(50, 50 + 50 * seconds);
    expect(refused[0]).to.include({ status: "RESOURCE_EXHAUSTED", reason: "RATE_LIMITED" });
    expect((await others).filter(({ status }) => status !== "OK")).to.deep.equal([]);
  });

  it("holds 16 streams of a connection", async () => {
    const { application, developer, gateway } = inventory;
    const held: (() => void)[] = [];
    application.answer = ({ path }) =>
      path === paths.getItem
        ? new Promise((resolve) => held.push(() => resolve(Buffer.alloc(0))))
        : Promise.resolve(Buffer.alloc(0));
    const flood = Promise.all(Array.from({ length: 20 }, () => developer.call(paths.getItem)));
    await eventually("16 calls arrive", () => held.length === 16);
    expect((await gateway.call(paths.listItems)).status).to.equal("OK");
    expect(held).to.have.length(16);
    application.answer = async () => Buffer.alloc(0);
    for (const answer of held) answer();
    expect((await flood).filter(({ status }) => status !== "OK")).to.deep.equal([]);
  });

  it("holds 16 connections", async () => {
    const path = inventory.sidecar.options.paths.developer ?? "";
    const sockets: Socket[] = [];
    for (let i = 0; i < 16; i++) sockets.push(await connected(path));
    const last = await connected(path);
    await new Promise((resolve) => last.once("close", resolve));
    expect(sockets.filter(({ closed }) => closed)).to.deep.equal([]);
    for (const socket of sockets) socket.destroy();
  });

  it("answers no HTTP/1.1", async () => {
    const socket = await connected(
      inventory.sidecar.options.paths.developer ?? "",
      "POST / HTTP/1.1\r\nhost: a\r\n\r\n",
    );
    const answered: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => answered.push(chunk));
    await new Promise((resolve) => socket.once("close", resolve));
    expect(Buffer.concat(answered).toString()).not.to.contain("HTTP/1.1");
  });
});

/** HTTP/2's first bytes and empty settings. Who says nothing is not a connection yet, and is closed after a while. */
const PREFACE = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

async function connected(path: string, first: string | Buffer = PREFACE): Promise<Socket> {
  const socket = connect(path).on("error", () => undefined);
  await once(socket, "connect");
  socket.resume().write(first);
  return socket;
}

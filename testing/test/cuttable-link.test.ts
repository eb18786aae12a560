import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { createScratchFolder, eventually, linkTo, rejectionOf } from "../src/index.js";

describe("a cuttable link", () => {
  let server: Server;
  const accepted = new Set<Socket>();
  beforeEach(() => {
    // Greets, and answers each byte with itself.
    server = createServer((socket) => {
      accepted.add(socket);
      socket.on("error", () => undefined).on("close", () => accepted.delete(socket));
      socket.write("ahoy");
      socket.pipe(socket);
    });
  });
  afterEach(() => {
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  async function listen(): Promise<string> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `store://ann:s3cret@127.0.0.1:${(server.address() as AddressInfo).port}/fleet?safe=true`;
  }

  function portOf(url: string): number {
    return Number(new URL(url).port);
  }

  async function greeted(at: string | number): Promise<Socket> {
    const socket = typeof at === "string" ? connect(at) : connect(at, "127.0.0.1");
    const [greeting] = await once(socket, "data");
    expect(String(greeting)).to.equal("ahoy");
    return socket;
  }

  it("has the server's URL with another port, and carries bytes both ways", async () => {
    const url = await listen();
    await using link = await linkTo(url);
    expect(link.url.replace(/:\d+\//, ":PORT/")).to.equal(url.replace(/:\d+\//, ":PORT/"));
    expect(portOf(link.url)).not.to.equal(portOf(url));
    const socket = await greeted(portOf(link.url));
    socket.write("hello");
    expect(String((await once(socket, "data"))[0])).to.equal("hello");
    socket.destroy();
  });

  it("links to unix sockets, written as URLs and as addresses", async () => {
    using folder = createScratchFolder();
    const path = join(folder.path, "store");
    server.listen(path);
    await once(server, "listening");
    for (const prefix of ["unix:", "unix://"]) {
      await using link = await linkTo(`${prefix}${path}`);
      expect(link.url)
        .to.match(new RegExp(`^${prefix}/`))
        .and.not.contain(path);
      (await greeted(link.url.slice(prefix.length))).destroy();
    }
  });

  it("ends what is connected when it is cut, refuses more, and is mended at the same place", async () => {
    await using link = await linkTo(await listen());
    const port = portOf(link.url);
    const socket = await greeted(port);
    const closed = once(socket, "close");
    await link.cut();
    await closed;
    await eventually("the server's side is closed too", () => accepted.size === 0);
    const refused = await rejectionOf(greeted(port));
    expect(refused).to.have.property("code", "ECONNREFUSED");
    await link.mend();
    (await greeted(port)).destroy();
  });

  it("lets answers come later, in their order", async () => {
    await using link = await linkTo(await listen());
    const socket = await greeted(portOf(link.url));
    const answered = new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (bytes) => {
        text += String(bytes);
        if (text.length === 2) resolve(text);
      });
    });
    link.slow(100);
    const started = performance.now();
    socket.write("a");
    await eventually("the server has the byte", () => [...accepted].some(({ bytesRead }) => bytesRead === 1));
    socket.write("b");
    expect(await answered).to.equal("ab");
    expect(performance.now() - started).to.be.at.least(99);
    socket.destroy();
  });

  it("drops what is connected and takes more", async () => {
    await using link = await linkTo(await listen());
    const port = portOf(link.url);
    const sockets = [await greeted(port), await greeted(port)];
    const closed = Promise.all(sockets.map((socket) => once(socket, "close")));
    expect(link.drop()).to.equal(2);
    await closed;
    (await greeted(port)).destroy();
  });

  it("holds what is sent while it is frozen, on new connections too, and carries it when it is mended", async () => {
    await using link = await linkTo(await listen());
    const port = portOf(link.url);
    const socket = await greeted(port);
    link.freeze();
    const came: string[] = [];
    socket.on("data", (bytes) => came.push(String(bytes)));
    socket.write("hello");
    const late = connect(port, "127.0.0.1");
    late.write("me too");
    await eventually("the server has accepted both", () => accepted.size === 2);
    expect(came).to.deep.equal([]);
    const greeting = once(late, "data");
    await link.mend();
    expect(String((await greeting)[0])).to.match(/^ahoy/);
    await eventually("what was sent comes back", () => came.join("") === "hello");
    for (const each of [socket, late]) each.destroy();
  });

  it("holds what was to come later when it is frozen meanwhile, and carries it in its order", async () => {
    const url = await listen();
    await using link = await linkTo(url);
    await using slower = await linkTo(url);
    const [socket, clock] = [await greeted(portOf(link.url)), await greeted(portOf(slower.url))];
    const came: string[] = [];
    socket.on("data", (bytes) => came.push(String(bytes)));
    link.slow(50);
    slower.slow(200);
    socket.write("a");
    await eventually("the server has the byte", () => [...accepted].some(({ bytesRead }) => bytesRead === 1));
    link.freeze();
    socket.write("b");
    const later = once(clock, "data");
    clock.write("c");
    await later;
    expect(came).to.deep.equal([]);
    await link.mend();
    await eventually("both come back", () => came.join("") === "ab");
    for (const each of [socket, clock]) each.destroy();
  });

  it("refuses a target without a place", async () => {
    const error = await rejectionOf(linkTo("store://nowhere"));
    expect(error.message).to.equal("store://nowhere names neither a socket nor a host and a port");
  });
});

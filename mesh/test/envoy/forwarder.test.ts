import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { forwarderBootstrap } from "@theseus/mesh/envoy";
import { freePort, provisionEnvoy } from "@theseus/runtime";
import { createScratchFolder, eventually, type ScratchFolder } from "@theseus/testing";
import { expect } from "chai";

describe("An Envoy that forwards ports to unix sockets", () => {
  let scratch: ScratchFolder;
  let server: Server;
  let envoy: ChildProcess;
  let port: number;

  before(async () => {
    scratch = createScratchFolder();
    const socket = join(scratch.path, "echo.sock");
    server = createServer((connection) => connection.pipe(connection));
    await once(server.listen(socket), "listening");
    port = await freePort();
    const bootstrap = forwarderBootstrap(join(scratch.path, "admin.sock"), [{ name: "echo", port, socket }]);
    const config = scratch.file("envoy.json", bootstrap);
    const { file } = await provisionEnvoy({ env: process.env, report: () => {} });
    const args = [
      "--config-path",
      config,
      "--disable-hot-restart",
      "--concurrency",
      "1",
      "--log-level",
      "error",
    ];
    envoy = spawn(file, args, { stdio: "ignore" });
    await eventually("a connection", () => ask("are you there?"));
  });

  after(async () => {
    envoy.kill();
    await once(envoy, "exit");
    server.close();
    scratch[Symbol.dispose]();
  });

  it("hands on what is said, in both directions", async () => {
    expect(await ask("what is this?")).to.equal("what is this?");
  });

  it("closes connections above the sixteenth", async () => {
    // Envoy may still count one that was left a moment ago.
    const open = await Promise.all(Array.from({ length: 16 }, () => eventually("a place", hold)));
    // With an end, or with a reset.
    const last = connect(port, "127.0.0.1")
      .resume()
      .on("error", () => undefined);
    await new Promise((resolve) => last.once("close", resolve));
    for (const socket of open) socket.destroy();
  });

  async function ask(text: string): Promise<string> {
    const socket = connect(port, "127.0.0.1");
    socket.write(text);
    const [answer] = await once(socket, "data");
    socket.destroy();
    return String(answer);
  }

  async function hold() {
    const socket = connect(port, "127.0.0.1");
    socket.write("stay");
    const closed = once(socket, "close").then(() => Promise.reject(new Error("it was closed")));
    closed.catch(() => undefined);
    await Promise.race([once(socket, "data"), closed]);
    return socket;
  }
});

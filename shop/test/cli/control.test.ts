import { spawn } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createStateFile,
  processIdentity,
  readState,
  type SystemStatus,
  serveControl,
} from "@theseus/runtime/control";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { theseus } from "./command-line.js";

describe("a running supervisor", () => {
  const scratch = createScratchFolder();
  const home = scratch.path;
  const socket = join(home, "control.sock");
  const status: SystemStatus = {
    pid: process.pid,
    home,
    phase: "open",
    startedAt: new Date().toISOString(),
    instances: [
      {
        instance: "inventory-1",
        kind: "application",
        workload: "inventory",
        implementation: "typescript",
        version: "0.1.0",
        health: "SERVING",
        pid: 4711,
        ports: {},
        sockets: { app: "/run/inventory-1/app.sock" },
        restarts: 1,
        since: new Date(Date.now() - 61_000).toISOString(),
        lastExit: "signal SIGKILL",
      },
    ],
    endpoints: {
      http: "http://127.0.0.1:8080",
      grpc: { inventory: "unix:/run/shop/grpc/inventory.sock" },
      secrets: { admin: "/a", customer: "/c" },
    },
  };
  let server: AsyncDisposable;

  before(async () => {
    server = await serveControl(socket, { status: async () => status, down: () => undefined });
    createStateFile(join(home, "state.json"), socket);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    scratch[Symbol.dispose]();
  });

  it("listens on a socket of its owner's alone", () => {
    expect(statSync(socket).mode & 0o777).to.equal(0o600);
  });

  it("is shown by theseus status as a table and as JSON", async () => {
    const { stdout } = await theseus(home, "status");
    expect(stdout).to.match(/^INSTANCE +IMPLEMENTATION +VERSION +HEALTH +STAGE +CALLS\/S +FAILED +P95 +PID/m);
    expect(stdout).to.match(
      /^inventory-1 +typescript +0\.1\.0 +SERVING +- +- +- +- +4711 +- +1 +\d+m \d\ds$/m,
    );
    expect(stdout).to.contain("inventory-1 ended before: signal SIGKILL");
    expect(JSON.parse((await theseus(home, "status", "--json")).stdout)).to.deep.equal(status);
  });

  it("tells its endpoints and the pid of an instance", async () => {
    expect((await theseus(home, "endpoints")).stdout)
      .to.contain("http://127.0.0.1:8080")
      .and.contain("grpcurl -plaintext");
    expect(await theseus(home, "pid", "inventory-1")).to.include({ code: 0, stdout: "4711\n" });
    const unknown = await theseus(home, "pid", "inventory-9");
    expect(unknown).to.include({ code: 2 });
    expect(unknown.stderr).to.contain('There is no instance "inventory-9".').and.contain("inventory-1");
  });
});

describe("a shop without a supervisor", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const home = scratch.path;

  it("is shown by theseus status and ended by theseus down, and nothing else is", async () => {
    const orphan = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      detached: true,
      stdio: "ignore",
    });
    const pid = orphan.pid ?? 0;
    const identity = processIdentity(pid);
    const state = {
      supervisor: { name: "supervisor", pid: process.pid, identity: "another-boot:1" },
      control: join(home, "control.sock"),
      processes: [
        { name: "inventory-1", pid, identity },
        { name: "user-1", pid: process.pid, identity: "another-boot:2" },
      ],
    };
    writeFileSync(join(home, "state.json"), JSON.stringify(state));
    const shown = await theseus(home, "status");
    expect(shown.stderr)
      .to.contain("1 of its processes run on")
      .and.contain(`inventory-1  pid ${pid}`)
      .and.contain("theseus down ends them")
      .and.not.contain("user-1");
    expect(shown.code).to.equal(1);
    const { code, stdout } = await theseus(home, "down");
    expect(stdout).to.contain(`ended inventory-1 (pid ${pid})`).and.not.contain("user-1");
    expect(code).to.equal(0);
    expect(processIdentity(pid)).to.equal(undefined);
    expect(readState(join(home, "state.json"))).to.equal(undefined);
  });
});

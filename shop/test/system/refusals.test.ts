import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { InventoryServiceClient } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { expect } from "chai";
import { shop } from "./root-hooks.js";
import { reasonOf } from "./status-reason.js";

describe("calls that go around the mesh's rules", () => {
  it("cannot reach an application past its sidecar: it listens on nothing but a socket of its owner's", async () => {
    for (const { name, app } of await shop().instances()) {
      expect(statSync(app.socket).mode & 0o077, name).to.equal(0);
      expect(tcpPortsOf(app.pid), name).to.deep.equal([]);
    }
  });

  it("cannot reach a socket as another user", async function () {
    if (process.getuid?.() !== 0) {
      if (this.test) this.test.title += " (skipped: only root can become another user)";
      return this.skip();
    }
    const [inventory] = (await shop().instances()).filter(({ workload }) => workload === "inventory");
    const script = `require("node:net").connect(${JSON.stringify(inventory?.app.socket)}).on("error", (e) => { console.log(e.code); })`;
    const stranger = spawnSync(process.execPath, ["-e", script], {
      uid: 65_534,
      gid: 65_534,
      cwd: "/",
      encoding: "utf8",
    });
    expect(stranger.stdout.trim()).to.equal("EACCES");
  });

  it("are refused without TLS, without a certificate, and with a certificate of another authority", async () => {
    const { meshPort } = await inventory();
    for (const channel of [
      credentials.createInsecure(),
      trusting(),
      trusting(await shop().foreignIdentity()),
    ]) {
      const error = await commit(meshPort, channel);
      expect(error.code).to.equal(status.UNAVAILABLE);
    }
  });

  it("are refused by the contract when the workload may not call the method", async () => {
    const { meshPort } = await inventory();
    const error = await commit(meshPort, trusting(shop().identityOf("gateway")));
    expect(error.code).to.equal(status.PERMISSION_DENIED);
    expect(reasonOf(error)).to.equal("CALLER_DENIED");
  });

  it("are let through for the workload that the contract names", async () => {
    const { meshPort } = await inventory();
    const error = await commit(meshPort, trusting(shop().identityOf("payment")));
    expect(error.code).to.equal(status.FAILED_PRECONDITION);
    expect(reasonOf(error)).to.equal("RESERVATION_GONE");
  });

  async function inventory() {
    const found = (await shop().instances()).find(({ workload }) => workload === "inventory");
    if (found === undefined) throw new Error("no inventory");
    return found;
  }

  function trusting(identity?: { key: Buffer; certificate: Buffer }) {
    const authority = readFileSync(shop().trustBundle);
    const options = { checkServerIdentity: () => undefined };
    return credentials.createSsl(authority, identity?.key ?? null, identity?.certificate ?? null, options);
  }

  function commit(
    port: number,
    channel: ReturnType<typeof credentials.createInsecure>,
  ): Promise<ServiceError> {
    const client = new InventoryServiceClient(`127.0.0.1:${port}`, channel, {
      "grpc.ssl_target_name_override": "inventory",
    });
    const request = { name: "reservations/none-such", payment: "payments/none-such" };
    return new Promise<ServiceError>((resolve, reject) => {
      client.commitReservation(request, new Metadata(), { deadline: Date.now() + 3000 }, (error) => {
        if (error === null) reject(new Error("the call was let through"));
        else resolve(error);
      });
    }).finally(() => client.close());
  }
});

/** Local TCP ports that a process listens on (Linux; elsewhere by lsof). */
function tcpPortsOf(pid: number): number[] {
  const found = spawnSync("ls", ["-l", `/proc/${pid}/fd`], { encoding: "utf8" });
  if (found.status !== 0) return lsofPorts(pid);
  const inodes = new Set([...found.stdout.matchAll(/socket:\[(\d+)\]/g)].map((match) => match[1]));
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) =>
    readFileSync(table, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === "0A" && inodes.has(columns[9] ?? ""))
      .map((columns) => Number.parseInt(columns[1]?.split(":")[1] ?? "", 16)),
  );
}

function lsofPorts(pid: number): number[] {
  const { stdout } = spawnSync("lsof", ["-nP", "-a", "-p", String(pid), "-iTCP", "-sTCP:LISTEN"], {
    encoding: "utf8",
  });
  return [...stdout.matchAll(/:(\d+) \(LISTEN\)/g)].map((match) => Number(match[1]));
}

import { spawnSync } from "node:child_process";
import { lstatSync, realpathSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "chai";
import { shop } from "./root-hooks.js";

/** Other accounts of the same machine. */
describe("a stranger on the machine", () => {
  it("has no way to a developer's socket, which is its owner's alone", () => {
    for (const socket of Object.values(shop().developer).map((path) => realpathSync(path))) {
      expect(modeOf(socket), socket).to.equal("600");
      expect(modeOf(dirname(socket)), dirname(socket)).to.equal("700");
    }
  });

  it("is refused by the system", function () {
    if (process.getuid?.() !== 0) {
      if (this.test) this.test.title += " (skipped: only root can become somebody else)";
      return this.skip();
    }
    const socket = realpathSync(shop().developer.inventory);
    expect(connectAs(0, socket)).to.equal("connected");
    expect(connectAs(65_534, socket)).to.equal("EACCES");
  });

  it("finds no port that speaks plain gRPC", async () => {
    for (const { instance, ports } of (await shop().status()).instances.filter(
      ({ kind }) => kind === "sidecar",
    ))
      expect(Object.keys(ports), instance).to.deep.equal([instance.startsWith("gateway") ? "edge" : "mesh"]);
  });
});

function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o777).toString(8);
}

/** What comes of a connection by an account of that number. */
function connectAs(uid: number, socket: string): string {
  const script = `require("net").connect(${JSON.stringify(socket)})
    .on("connect", () => { console.log("connected"); process.exit(); })
    .on("error", ({ code }) => console.log(code))`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], {
    uid,
    gid: uid,
    cwd: "/",
    encoding: "utf8",
  });
  return stdout.trim() || stderr;
}

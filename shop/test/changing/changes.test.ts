import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { copyImplementation } from "../../proof/rollout/candidate/copied-implementation.js";
import { statusNow } from "../../proof/swap/instances-of.js";
import { unproven } from "../../proof/swap/unproven.js";
import { shop } from "../system/root-hooks.js";

describe("a change of one service", () => {
  const change = (...args: readonly string[]) => shop().theseus(...args);
  const active = async (workload: string) =>
    (await shop().status()).instances.filter(
      (each) => each.workload === workload && each.kind === "application" && each.stage === "active",
    );

  it("that makes no sense is refused in a line that says the way out", async () => {
    const elsewhere = mkdtempSync(join(shop().home, "empty-"));
    const refusals: readonly (readonly [readonly string[], string, string])[] = [
      [["scale", "inventory", "0"], "inventory cannot have 0 instances", "from 1 to 9"],
      [["scale", "inventory", "99"], "inventory cannot have 99 instances", "from 1 to 9"],
      [["scale", "inventory", "1"], "inventory has 1 instance already", "theseus status"],
      [["scale", "gateway", "2"], 'no service "gateway"', "user, inventory, payment"],
      [["restart", "nobody"], 'no service "nobody"', "user, inventory, payment"],
      [["swap", "inventory", "--to", "cobol", "--yes"], 'no implementation "cobol"', "typescript"],
      [
        ["swap", "inventory", "--to", "typescript", "--yes"],
        "is this implementation already",
        "theseus restart inventory",
      ],
      [["swap", "inventory", "--to", "typescript@no-such", "--yes"], 'no revision "no-such"', "git log"],
      [
        ["swap", "inventory", "--to", elsewhere, "--yes"],
        "it has no implementation.json",
        "docs/launch-protocol.md",
      ],
      [["rollback", "user"], "no other implementation to go back to", "theseus history"],
    ];
    for (const [args, problem, wayOut] of refusals) {
      const { code, stderr } = await change(...args);
      expect(stderr, args.join(" ")).to.contain(problem).and.contain(wayOut);
      expect(code, args.join(" ")).to.equal(2);
    }
    expect((await change("history")).stdout).to.contain("Nothing was changed");
  });

  it("is made one at a time: the second one is told what is going on", async () => {
    using copy = copyImplementation("payment");
    const first = change("swap", "payment", "--to", copy.folder, "--yes", ...unproven);
    await eventually("it is under way", async () => (await statusNow(shop())).swap !== undefined);
    expect((await change("swap", "--pause")).code).to.equal(0);
    const second = await change("scale", "inventory", "2");
    expect(second.code).to.equal(1);
    expect(second.stderr)
      .to.match(/^swap payment --to .* is under way since/)
      .and.contain("Wait until it is done");
    expect((await change("swap", "--abort")).code).to.equal(0);
    expect(await first).to.include({ code: 1 });
    expect((await shop().status()).change).to.equal(undefined);
  });

  it("is shown as it happens, and kept", async () => {
    const { stdout } = await change("scale", "inventory", "2");
    expect(stdout).to.match(
      /inventory-2: starting, in standby[\s\S]*healthy through the mesh[\s\S]*active[\s\S]*done: scale/,
    );
    expect(await active("inventory")).to.have.length(2);
    const back = await change("scale", "inventory", "1");
    expect(back.stdout).to.match(/no new calls[\s\S]*ended[\s\S]*done: scale inventory 1/);
    expect(await active("inventory")).to.have.length(1);
    const { stdout: history } = await change("history");
    expect(history).to.contain("scale inventory 2").and.contain("scale inventory 1");
    const entries = JSON.parse((await change("history", "--json")).stdout) as unknown[];
    expect(entries.at(-1)).to.nested.include({ "change.kind": "scale", "to[0].language": "typescript" });
  });

  it("leads people with grpcurl to the instance that is there", async () => {
    const { stdout } = await change("endpoints", "--json");
    const { grpc } = JSON.parse(stdout) as { readonly grpc: Readonly<Record<string, string>> };
    expect((await change("restart", "inventory")).code).to.equal(0);
    expect(grpc.inventory).to.match(/^unix:.*\/grpc\/inventory\.sock$/);
    expect((await change("endpoints", "--json")).stdout).to.equal(stdout);
  });
});

import { expect } from "chai";
import { aboveBounds } from "../../proof/load/memory-bounds.js";
import { goodput } from "../../proof/overload.js";
import { grown } from "../../proof/steady.js";

describe("the memory of a process", () => {
  const trend = (firstMib: number, lastMib: number) => ({
    process: "a-1",
    firstMib,
    lastMib,
    ratio: lastMib / firstMib,
  });

  it("is flat within a fifth, or a few records", () => {
    expect(grown([trend(100, 118), trend(8, 20)])).to.deep.equal([]);
  });

  it("is not when it grows", () => {
    expect(grown([trend(100, 130)])).to.deep.equal(["a-1 grew from 100 to 130 MiB"]);
  });

  it("has a bound", () => {
    const status = {
      instance: "a-1",
      kind: "application",
      implementation: "go",
      version: "",
      health: "SERVING",
    } as const;
    const instances = [{ ...status, ports: {}, sockets: {}, restarts: 0, since: "" }];
    expect(aboveBounds(instances, new Map([["a-1", 512]]))).to.deep.equal([]);
    expect(aboveBounds(instances, new Map([["a-1", 513]]))).to.deep.equal([
      { process: "a-1", mib: 513, boundMib: 512 },
    ]);
  });
});

describe("the goodput of a stretch", () => {
  const visit = (endedMs: number, good = true) => ({ beganMs: 0, endedMs, good, reason: good ? "" : "503" });

  it("counts good visits that ended in it", () => {
    const visits = [visit(999), visit(1_000), visit(2_999), visit(2_000, false), visit(3_000)];
    expect(goodput(visits, 1_000, 3_000)).to.equal(1);
  });
});

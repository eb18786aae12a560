import type { Endpoint } from "@theseus/mesh/envoy";
import { expect } from "chai";
import type { InstanceEntry, Stage } from "../../src/instances/instance.js";
import { InstanceTable, instancesNote } from "../../src/instances/instance-table.js";

describe("the table of instances", () => {
  const told: string[] = [];
  let published: readonly Endpoint[] = [];
  const state = {
    note: (about: string, what: unknown) => void told.push(`${about} ${JSON.stringify(what)}`),
  };
  const directory = {
    addReader: () => undefined,
    removeReader: () => undefined,
    publish: (workload: string, endpoints: readonly Endpoint[]) => {
      told.push(`published ${workload}`);
      published = endpoints;
    },
  };
  const table = (...entries: readonly InstanceEntry[]) => new InstanceTable(state, directory, entries);
  beforeEach(() => {
    told.length = 0;
    published = [];
  });

  it("lists one that starts to nobody, and one in standby as one that gets no calls", () => {
    const ships = table(ship(1, "active", 7001));
    ships.add(ship(2, "starting"));
    ships.setPort("ship-2", 7002);
    expect(published).to.deep.equal([endpoint(7001, "healthy")]);
    ships.setStages("ship", new Map([["ship-2", "standby"]]));
    expect(published).to.deep.equal([endpoint(7001, "healthy"), endpoint(7002, "draining")]);
  });

  it("lists neither one that a shadow alone asks, nor one that is leaving", () => {
    table(ship(1, "active", 7001), ship(2, "shadow", 7002), ship(3, "draining", 7003));
    expect(published).to.deep.equal([endpoint(7001, "healthy")]);
  });

  it("lists a reserve as well, and as one of the second rank", () => {
    table(ship(1, "reserve", 7001), ship(2, "active", 7002));
    expect(published).to.deep.equal([
      { ...endpoint(7001, "healthy"), reserve: true },
      endpoint(7002, "healthy"),
    ]);
  });

  it("changes several stages in one publication", () => {
    const ships = table(ship(1, "active", 7001), ship(2, "standby", 7002));
    told.length = 0;
    const stages: ReadonlyMap<string, Stage> = new Map([
      ["ship-2", "active"],
      ["ship-1", "draining"],
    ]);
    ships.setStages("ship", stages);
    expect(published).to.deep.equal([endpoint(7002, "healthy")]);
    expect(told.filter((line) => line.startsWith("published"))).to.have.length(1);
  });

  it("is written down before anybody is told", () => {
    table().add(ship(1, "active", 7001));
    expect(told[0]).to.match(new RegExp(`^${instancesNote} .*ship-1`));
    expect(told[1]).to.equal("published ship");
  });

  it("knows what it is made of before the first change", () => {
    table(ship(1, "active", 7001), ship(2, "standby", 7002));
    expect(published).to.deep.equal([endpoint(7001, "healthy"), endpoint(7002, "draining")]);
  });

  it("forgets one that has ended", () => {
    const ships = table(ship(1, "active", 7001), ship(2, "draining", 7002));
    ships.remove("ship-2");
    expect(published).to.deep.equal([endpoint(7001, "healthy")]);
    expect(ships.has("ship-2")).to.equal(false);
  });
});

function endpoint(port: number, health: "healthy" | "draining"): Endpoint {
  return { address: "127.0.0.1", port, weight: 1, health, reserve: false };
}

function ship(ordinal: number, stage: Stage, port?: number): InstanceEntry {
  return {
    instance: `ship-${ordinal}`,
    workload: "ship",
    ordinal,
    implementation: { language: "go", folder: "/ship", contentHash: "00" },
    stage,
    weight: 1,
    since: "2026-01-01T00:00:00.000Z",
    ...(port !== undefined && { port }),
  };
}

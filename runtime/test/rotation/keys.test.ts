import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import { openSigningKeys, type SigningKeys } from "@theseus/mesh/identity";
import { createScratchFolder, eventually, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { Fault } from "../../src/fault.js";
import {
  type KeyStep,
  keepRetiredKeysShort,
  openTokenKeys,
  rotateKeys,
  type TokenKeys,
} from "../../src/rotation/index.js";
import { fleet } from "../fleet.js";
import { type PlayedSidecar, playSidecar } from "./played-sidecar.js";

describe("A rotation of the keys of access tokens", () => {
  let opened: AsyncDisposableStack;
  let folder: string;
  let keys: SigningKeys;
  let readers: TokenKeys;
  let sidecars: readonly PlayedSidecar[];
  let steps: KeyStep[];

  beforeEach(async () => {
    opened = new AsyncDisposableStack();
    folder = opened.use(createScratchFolder()).path;
    steps = [];
    sidecars = [
      opened.use(await playSidecar(folder, "ship-1-envoy")),
      opened.use(await playSidecar(folder, "chart-1-envoy")),
    ];
    await open();
  });
  afterEach(() => opened.disposeAsync());

  /** As a supervisor does at its start. */
  async function open(): Promise<void> {
    keys = await openSigningKeys(join(folder, "keys"), { retiredMs: 200 });
    readers = await openTokenKeys(keys, { identity: fleet.identity, limitMs: 300 });
    for (const { place } of sidecars) readers.addReader(place);
  }

  const rotate = (onStep = (step: KeyStep) => void steps.push(step)) =>
    rotateKeys({ keys, readers, onStep, signal: new AbortController().signal });
  const signing = (): string => JSON.parse(readFileSync(keys.privateFile, "utf8")).keys[0].kid;
  const known = () => sidecars.map((sidecar) => sidecar.keys());

  it("lets a key sign that every sidecar knows, and removes the old one when its time is over", async () => {
    const old = signing();
    await rotate((step) => {
      steps.push(step);
      if (step.step !== "signing") return;
      expect(step).to.include({ signing: signing(), retired: old });
      expect(step.removableAt.getTime()).to.be.within(Date.now() - 1_000, Date.now() + 200);
      for (const ids of known()) expect(ids).to.have.length(3).and.include.members([old, signing()]);
    });
    expect(steps.map(({ step }) => step)).to.deep.equal(["signing", "removed"]);
    for (const ids of known()) expect(ids).to.have.length(2).and.include(signing()).and.not.include(old);
  });

  it("names a sidecar that does not take the keys, and leaves the old one signing", async () => {
    const [, late] = sidecars;
    if (late === undefined) throw new Error("there are two");
    const old = signing();
    late.takes = false;
    const fault = await rejectionOf(rotate(), Fault);
    expect(fault.problem).to.equal("chart-1-envoy has not taken the keys of access tokens within 0.3 s.");
    expect(fault.remedy).to.contain("theseus logs chart-1-envoy");
    expect(signing()).to.equal(old);
    expect(steps).to.deep.equal([]);
    late.takes = true;
    const between = JSON.parse(readFileSync(keys.privateFile, "utf8")).keys[1].kid;
    await rotate();
    expect(signing()).to.equal(between);
    for (const ids of known()) expect(ids).to.have.length(2).and.not.include(old);
  });

  it("does not wait for a sidecar that has ended, and tells one that comes", async () => {
    const [first, gone] = sidecars;
    if (first === undefined || gone === undefined) throw new Error("there are two");
    gone.takes = false;
    readers.removeReader(gone.place.xds);
    await rotate();
    const late = opened.use(await playSidecar(folder, "ship-2-envoy"));
    readers.addReader(late.place);
    expect(late.keys()).to.deep.equal(first.keys());
  });

  it("does not wait for a sidecar that does not run: it reads the keys when it starts", async () => {
    const [, down] = sidecars;
    if (down === undefined) throw new Error("there are two");
    down.takes = false;
    down.runs = false;
    await rotate();
    down.takes = true;
    for (const ids of known()) expect(ids).to.have.length(2).and.include(signing());
  });

  it("is finished by the next supervisor when it was killed while the old key was known", async () => {
    const stop = new AbortController();
    const old = signing();
    const killed = rotateKeys({ keys, readers, onStep: () => stop.abort(), signal: stop.signal });
    await rejectionOf(killed, Error);
    await open();
    for (const ids of known()) expect(ids).to.include(old);
    const reports: string[] = [];
    const report = (line: string) => void reports.push(line);
    opened.use(keepRetiredKeysShort({ keys, readers, report, checkMs: 5 }));
    await eventually("the old key is gone", () => known().every((ids) => ids.length === 2));
    for (const ids of known()) expect(ids).to.include(signing()).and.not.include(old);
    expect(reports).to.deep.equal([]);
  });

  it("tells once who does not forget the old key, and removes it when it does", async () => {
    const [late] = sidecars;
    if (late === undefined) throw new Error("there are two");
    await keys.rotate(readers.publish);
    late.takes = false;
    const reports: string[] = [];
    opened.use(
      keepRetiredKeysShort({ keys, readers, report: (line) => void reports.push(line), checkMs: 5 }),
    );
    await eventually("it is told", () => reports.length > 0);
    expect(reports).to.have.length(1);
    expect(reports[0]).to.contain("ship-1-envoy has not taken");
    late.takes = true;
    await eventually("the old key is gone", () => late.keys().length === 2);
  });
});

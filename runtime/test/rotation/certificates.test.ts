import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import { type KeptIdentity, keepIdentity, openAuthority } from "@theseus/mesh/identity";
import { createScratchFolder, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { Fault } from "../../src/fault.js";
import { openTokenKeys, rotateCertificates } from "../../src/rotation/index.js";
import { fleet } from "../fleet.js";
import { type PlayedSidecar, playSidecar, serialIn } from "./played-sidecar.js";

describe("A rotation of certificates", () => {
  let opened: AsyncDisposableStack;
  let folders: readonly string[];
  let identities: readonly KeptIdentity[];
  let sidecars: readonly PlayedSidecar[];

  beforeEach(async () => {
    opened = new AsyncDisposableStack();
    const { path } = opened.use(createScratchFolder());
    const authority = await openAuthority(join(path, "ca"), { topology: fleet });
    folders = ["ship", "ship-to-weather", "chart"].map((name) => join(path, "id", name));
    const keep = (folder: string) =>
      keepIdentity(folder, { issue: () => authority.issueClient("any"), onFault: () => {} });
    identities = (await Promise.all(folders.map(keep))).map((identity) => opened.use(identity));
    const [ship = "", weather = "", chart = ""] = folders;
    sidecars = [
      opened.use(await playSidecar(path, "ship-1-envoy", [ship, weather])),
      opened.use(await playSidecar(path, "ship-2-envoy", [ship, weather])),
      opened.use(await playSidecar(path, "chart-1-envoy", [chart])),
    ];
    const keys = await openTokenKeys({ publicKeys: async () => [] }, { identity: fleet.identity });
    for (const { place } of sidecars) keys.addReader(place);
  });
  afterEach(() => opened.disposeAsync());

  const rotate = () =>
    rotateCertificates({ identities, sidecars: () => sidecars.map(({ place }) => place), limitMs: 300 });

  it("makes every one anew, those for outside parties too", async () => {
    const before = folders.map(serialIn);
    await rotate();
    const after = folders.map(serialIn);
    expect(new Set([...before, ...after]).size).to.equal(6);
  });

  it("names the sidecars that show an old one", async () => {
    const [one, two] = sidecars;
    if (one === undefined || two === undefined) throw new Error("there are three");
    await rotate();
    one.takes = false;
    two.takes = false;
    const fault = await rejectionOf(rotate(), Fault);
    expect(fault.problem).to.equal(
      "ship-1-envoy, ship-2-envoy have not taken the new certificates within 0.3 s.",
    );
    one.takes = true;
    two.takes = true;
    await rotate();
  });
});

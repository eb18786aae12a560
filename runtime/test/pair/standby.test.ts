import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder, rejectionOf, whatOthersCanUse } from "@theseus/testing";
import { expect } from "chai";
import { changeState, writeState } from "../../src/pair/standby.js";

describe("the state of an application", () => {
  const store = { url: "redis://ship:all@localhost", readUrl: "redis://ship-reader:some@localhost" };

  it("is told by its standby file and by the URL of its store, in private files", () => {
    using folder = createScratchFolder();
    const paths = pathsIn(folder.path);
    writeState(paths, { state: "standby", store });
    expect([existsSync(paths.standby), readFileSync(paths.storeUrl, "utf8")]).to.deep.equal([
      true,
      store.readUrl,
    ]);
    writeState(paths, { state: "active", store });
    expect([existsSync(paths.standby), readFileSync(paths.storeUrl, "utf8")]).to.deep.equal([
      false,
      store.url,
    ]);
    expect(whatOthersCanUse(folder.path)).to.deep.equal([]);
  });

  it("is a fault of an application that does not follow, named", async () => {
    using folder = createScratchFolder();
    const change = changeState(pathsIn(folder.path), { state: "active", store }, { withinMs: 1 });
    expect((await rejectionOf(change)).message).to.match(/does not become active: .* is UNREACHABLE/);
  });
});

function pathsIn(folder: string) {
  return {
    app: join(folder, "app.sock"),
    standby: join(folder, "standby"),
    storeUrl: join(folder, "store-url"),
  };
}

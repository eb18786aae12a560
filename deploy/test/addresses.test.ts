import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { findAddresses, readAddresses, writeAddresses } from "../src/control/addresses.js";

describe("the addresses of sidecars", () => {
  const known = new Map([
    ["ship-1-envoy", "10.0.0.1"],
    ["ship-2-envoy", "10.0.0.2"],
  ]);

  it("are those that are found, without those that are gone", async () => {
    const resolve = async (name: string) => (name === "ship-1-envoy" ? "10.0.0.9" : undefined);
    const found = await findAddresses([...known.keys()], known, resolve);
    expect([...found]).to.deep.equal([["ship-1-envoy", "10.0.0.9"]]);
  });

  it("stay what they were where nobody can be asked", async () => {
    const found = await findAddresses([...known.keys(), "ship-3-envoy"], known, () => {
      return Promise.reject(new Error("the name service does not answer"));
    });
    expect([...found]).to.deep.equal([...known]);
  });

  it("are known still after a restart, and none are before the first", () => {
    using scratch = createScratchFolder();
    expect([...readAddresses(scratch.path)]).to.deep.equal([]);
    writeAddresses(scratch.path, known);
    expect([...readAddresses(scratch.path)]).to.deep.equal([...known]);
  });
});

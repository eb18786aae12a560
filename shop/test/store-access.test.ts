import { readFileSync } from "node:fs";
import { expect } from "chai";
import { topology } from "../src/topology.js";

describe("what a service may do in its store", () => {
  it("is what its storage page says", () => {
    for (const { implementations, store } of topology.workloads) {
      if (store.kind !== "redis") continue;
      const page = readFileSync(new URL(`../../../${implementations}/storage.md`, import.meta.url), "utf8");
      const rules = [...store.keys.map((key) => `~${key}`), ...store.commands.map((name) => `+${name}`)];
      expect((/```acl\n(.*?)```/s.exec(page)?.[1] ?? "").trim().split(/\s+/), implementations).to.deep.equal(
        rules,
      );
    }
  });
});

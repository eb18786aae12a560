import { expect } from "chai";
import { freePort } from "../../src/process/ports.js";

describe("a free port", () => {
  it("is none that an outgoing connection can be given, and none that was given away before", async () => {
    const ports: number[] = [];
    for (let n = 0; n < 40; n++) ports.push(await freePort());
    expect(new Set(ports).size).to.equal(40);
    for (const port of ports) expect(port).to.be.within(20_000, 32_767);
  });
});

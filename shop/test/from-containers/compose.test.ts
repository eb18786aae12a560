import { expect } from "chai";
import { proveCompose } from "../../proof/compose/prove-compose.js";
import { composeObstacles } from "../../src/compose/check.js";
import { dockerIn } from "../../src/compose/docker.js";
import { checkout } from "../compose/compose-file.js";

describe("the shop from containers", () => {
  it("is bought from, hurt, scaled and changed under load, and leaves nothing behind", async function () {
    const { env } = process;
    const obstacles = await composeObstacles(dockerIn(checkout, env), checkout, {
      ...env,
      THESEUS_PORT: "0",
    });
    if (obstacles.length > 0) {
      if (this.test) this.test.title += ` (skipped: ${obstacles[0]?.split("\n")[0]})`;
      return this.skip();
    }
    const told: string[] = [];
    const { faults } = await proveCompose({ checkout, env, report: (line) => told.push(line) });
    expect(faults, told.join("\n")).to.deep.equal([]);
  });
});

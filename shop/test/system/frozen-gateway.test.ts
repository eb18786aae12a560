import { expect } from "chai";
import { HttpClient } from "./http-client.js";
import { shop } from "./root-hooks.js";

describe("a gateway that hangs", () => {
  it("keeps no caller longer than the method's time: the edge answers instead, in the same form", async () => {
    const gateway = (await shop().instances()).find(({ workload }) => workload === "gateway");
    process.kill(gateway?.app.pid ?? 0, "SIGSTOP");
    try {
      const { status, body } = await new HttpClient(shop().edge).get("/v1/items/rope");
      expect(status).to.equal(504);
      expect(body.error).to.include({ code: 504, status: "DEADLINE_EXCEEDED" });
      expect(body.error.details[0].reason).to.equal("DEADLINE_EXCEEDED");
    } finally {
      process.kill(gateway?.app.pid ?? 0, "SIGCONT");
    }
  });
});

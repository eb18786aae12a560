import { expect } from "chai";
import { got, headOf } from "./told.js";
import { refusal } from "./written-logs.js";

describe("the explanation of a request, in words,", () => {
  it("cannot steer the terminal by what a caller has chosen", () => {
    const no = refusal("NOT_FOUND", "ITEM_NOT_FOUND", { item: "items/\u001b[31m" });
    using logs = got({ status: 404, path: "/v1/items/\u009b31m" }, no, no, undefined);
    const [first = ""] = headOf(logs);
    expect(first).to.match(/^GET \/v1\/items\/\\x9b31m failed .* item items\/\\x1b\[31m\.$/);
  });

  it("says how often somebody was asked before there was an answer", () => {
    using logs = got({ duration_ms: 900 }, { grpc_status: "OK", attempts: 7 }, { grpc_status: "OK" }, {});
    expect(headOf(logs)[0]).to.equal(
      "GET /v1/items/rope was answered in 900 ms, at attempt 7 to reach stock.",
    );
  });
});

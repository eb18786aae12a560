import { expect } from "chai";
import { formatTraceparent, parseTraceparent } from "../../src/telemetry/span-place.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

describe("a traceparent", () => {
  it("names a place in a trace, which is written as it was read", () => {
    for (const flags of ["00", "01", "03", "ff"]) {
      const text = `00-${TRACE}-${SPAN}-${flags}`;
      const place = parseTraceparent(text) ?? expect.fail(text);
      expect(place).to.deep.equal({ traceId: TRACE, spanId: SPAN, flags });
      expect(formatTraceparent(place)).to.equal(text);
    }
  });

  it("of a later version counts for its first four parts, and goes on as version 00", () => {
    const place = parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-comes-later`) ?? expect.fail("not read");
    expect(formatTraceparent(place)).to.equal(`00-${TRACE}-${SPAN}-01`);
  });

  it("cannot be believed when it is absent or of another form", () => {
    const others = [
      "",
      "nonsense",
      `ff-${TRACE}-${SPAN}-01`,
      `00-${"0".repeat(32)}-${SPAN}-01`,
      `00-${TRACE}-${"0".repeat(16)}-01`,
      `00-${TRACE.toUpperCase()}-${SPAN}-01`,
      `00-${TRACE.slice(1)}-${SPAN}-01`,
      `00-${TRACE}-${SPAN}0-01`,
      `00-${TRACE}-${SPAN}`,
      `00-${TRACE}-${SPAN}-1`,
      `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
      ` 00-${TRACE}-${SPAN}-01`,
    ];
    for (const text of [undefined, ...others])
      expect(parseTraceparent(text), String(text)).to.equal(undefined);
  });
});

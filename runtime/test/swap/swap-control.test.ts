import { expect } from "chai";
import { UsageFault } from "../../src/fault.js";
import { AbortedFault, SwapControl } from "../../src/swap/swap-control.js";

describe("whoever steers a swap", () => {
  it("holds it and lets it go on", () => {
    const control = new SwapControl();
    expect(control.held).to.equal(undefined);
    control.steer("pause");
    expect(control.held).to.equal("paused");
    control.steer("resume");
    expect(control.held).to.equal(undefined);
  });

  it("says yes to one that asks", () => {
    const control = new SwapControl();
    control.ask();
    control.steer("pause");
    expect(control.held).to.equal("asked");
    control.steer("resume");
    expect(control.held).to.equal(undefined);
  });

  it("ends what it waits for", async () => {
    const control = new SwapControl();
    const waiting = control.orAbort(new Promise(() => undefined)).catch((error: unknown) => error);
    const sleeping = control.sleep(60_000, new AbortController().signal).catch((error: unknown) => error);
    control.steer("abort");
    expect(await waiting).to.be.instanceOf(AbortedFault);
    expect(await sleeping).to.be.instanceOf(AbortedFault);
    expect(() => control.check()).to.throw(AbortedFault);
  });

  it("is refused what makes no sense", () => {
    const control = new SwapControl();
    expect(() => control.steer("resume")).to.throw(UsageFault, "not held");
    control.decide();
    for (const steering of ["pause", "resume", "abort"] as const)
      expect(() => control.steer(steering)).to.throw(UsageFault, "decided");
  });
});

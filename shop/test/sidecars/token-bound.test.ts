import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { Auth } from "@theseus/kit/contract";
import { compilePolicy } from "@theseus/mesh/policy";
import { expect } from "chai";
import { topology } from "../../src/topology.js";

/** What the contract's Session promises of a session that has ended. */
describe("A call that was let in by an access token", () => {
  it("lasts five minutes at the most, streams too", () => {
    const { methods } = compilePolicy(descriptorSetBytes(), topology);
    const longer = methods.filter(
      ({ allow, timeoutMs }) => timeoutMs > 300_000 && allow.some(({ auth }) => needsToken(auth)),
    );
    expect(longer.map(({ path }) => path)).to.deep.equal([]);
  });
});

function needsToken(auth: Auth): boolean {
  return auth === Auth.USER || auth === Auth.ADMIN;
}

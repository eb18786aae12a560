/** The contract's options do not make a policy. Names every fault. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  constructor(readonly faults: readonly string[]) {
    super(`the contract's policy has ${faults.length} fault(s):\n${faults.map((f) => `  ${f}`).join("\n")}`);
  }
}

import { Fault } from "../fault.js";
import type { Failure } from "./run-checks.js";

/** An implementation has not shown that it keeps the contract. */
export class ProofFault extends Fault {
  override readonly name = "ProofFault";

  constructor(
    problem: string,
    remedy: string,
    /** Cases that it has failed; none: it was not tested, or something else is wrong. */
    readonly failures: readonly Failure[] = [],
  ) {
    super(problem, remedy);
  }
}

/** How many failures are told one by one. */
const told = 10;

/** @param name  such as `ship (go)` */
export function refusal(name: string, failures: readonly Failure[], passed: number): ProofFault {
  const lines = failures
    .slice(0, told)
    .flatMap(({ test, clauses, why, repeat }) => [
      `  ${clauses.length > 0 ? `${clauses.join(", ")}: ` : ""}${test}`,
      `    ${why}`,
      `    repeat  ${repeat}`,
    ]);
  const more = failures.length > told ? [`  and ${failures.length - told} more`] : [];
  const count = `${failures.length} of ${failures.length + passed}`;
  return new ProofFault(
    [`${name} does not keep the contract: ${count} cases fail.`, ...lines, ...more].join("\n"),
    "It gets no identity in the mesh. Mend it and try again; nothing that runs was touched.",
    failures,
  );
}

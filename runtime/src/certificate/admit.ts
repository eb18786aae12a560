import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileName, type Implementation } from "../implementation/implementation.js";
import type { Admission, Admitted } from "./admission.js";
import { ProofFault } from "./proof-fault.js";
import type { Proofs } from "./proofs.js";

export interface Asking {
  readonly service: string;
  readonly implementation: Implementation;
  readonly contentHash: string;
  /** What it brings along; absent: it is to be what was admitted before, byte by byte. */
  readonly admission?: Admission;
}

const hourMs = 3_600_000;

/** Admits something without proof: for an hour, unless somebody says otherwise. Reasons are kept in the history. */
export function withoutProof(
  reason: string,
  options: { readonly now?: Date; readonly forMs?: number } = {},
): Admission {
  const { now = new Date(), forMs = hourMs } = options;
  if (reason.trim() === "")
    throw new ProofFault("There is no reason.", "Say why it has to be without proof; the history keeps it.");
  return { by: "reason", reason, until: new Date(now.getTime() + forMs).toISOString() };
}

/**
 * Decides whether a new instance gets an identity.
 *
 * @param before  what of this service runs or has run
 * @param proofs  absent: the system has no suite, and its operator answers for everything
 * @throws ProofFault when it does not
 */
export async function admit(
  asking: Asking,
  before: readonly Admitted[],
  proofs: Proofs | undefined,
  now = new Date(),
): Promise<Admission> {
  if (proofs === undefined) return asking.admission ?? { by: "operator" };
  const { service, implementation } = asking;
  const admission = asking.admission ?? admissionOf(asking.contentHash, before, now);
  if (admission === undefined)
    throw new ProofFault(
      `${service} (${implementation.language}, ${asking.contentHash.slice(0, 12)}) has no proof, and is not what was admitted before.`,
      `theseus swap ${service} --to ${existsSync(join(implementation.folder, fileName)) ? implementation.folder : "…"} has it tested.`,
    );
  if (asking.admission?.by === "certificate")
    await proofs.assertProven(service, implementation, asking.admission.certificate);
  assertInTime(service, admission, now);
  return admission;
}

/** Whether an instance that has an identity gets a new leaf. A certificate was asked for when it came. */
export function assertInTime(name: string, admission: Admission, now = new Date()): void {
  if (admission.by !== "reason" || now < new Date(admission.until)) return;
  throw new ProofFault(
    `${name} was admitted without proof ("${admission.reason}") until ${admission.until}: it gets no new certificate.`,
    "Have it tested (theseus swap … --to …), or take it back (theseus rollback …).",
  );
}

/** Proof counts before the operator's word, and that before a reason. */
function admissionOf(contentHash: string, before: readonly Admitted[], now: Date): Admission | undefined {
  const order = ["certificate", "operator", "reason"];
  return before
    .filter((each) => each.contentHash === contentHash)
    .flatMap(({ admission }) => admission ?? [])
    .filter((admission) => admission.by !== "reason" || now < new Date(admission.until))
    .sort((a, b) => order.indexOf(a.by) - order.indexOf(b.by))[0];
}

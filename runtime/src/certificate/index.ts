export { type Admission, type Admitted, admit, assertInTime, withoutProof } from "./admission.js";
export { type Envelope, parseEnvelope, seal, statementType, unseal } from "./envelope.js";
export type { Check, ProofDefinition, Tested } from "./proof-definition.js";
export { ProofFault } from "./proof-fault.js";
export { openProofKey, type ProofKey } from "./proof-key.js";
export {
  type Candidate,
  openProofs,
  type ProofOptions,
  Proofs,
  type Proven,
  type Prover,
} from "./proofs.js";
export type { Failure } from "./run-checks.js";
export { type CoveredInput, fromStatement, type Result, toStatement } from "./statement.js";

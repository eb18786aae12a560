export { chooseWanted } from "../changes/choose-implementation.js";
export type { Admission, Admitted } from "./admission.js";
export { admit, assertInTime, withoutProof } from "./admit.js";
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

import { Metadata, type StatusObject } from "@grpc/grpc-js";
import { Code } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";

/** A status of gRPC's own protocols (health, reflection), which know no reasons. */
export class WireFault extends Error {
  override readonly name = "WireFault";
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}

/** The status for what a method of such a protocol threw. */
export function wireStatus(thrown: unknown): StatusObject {
  const known = thrown instanceof WireFault || thrown instanceof StatusError;
  const fault = known ? thrown : new WireFault(Code.INTERNAL, "internal error");
  return { code: fault.code, details: fault.message, metadata: new Metadata() };
}

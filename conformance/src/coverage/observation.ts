import type { DescMethod } from "@bufbuild/protobuf";

/** One call that a case made, as the coverage counts it. */
export interface Observation {
  readonly method: DescMethod;
  /** Request messages as they were sent. */
  readonly messages: readonly Uint8Array[];
  readonly ok: boolean;
  readonly reason?: string;
}

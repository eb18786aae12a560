import { Metadata } from "@grpc/grpc-js";
import { type Call, continueTrace, type Log } from "@theseus/kit";

/** The request that work is done for. */
export interface RequestContext {
  /** Headers for the calls that the work makes: they continue the request's trace. */
  readonly metadata: Metadata;
  /** Its lines carry the request's id. */
  readonly log: Log;
}

export function contextOf(call: Call): RequestContext {
  return { metadata: call.outgoing, log: call.log };
}

/** Of work that no call has asked for. */
export function startContext(log: Log): RequestContext {
  const { requestId, outgoing } = continueTrace(new Metadata());
  return { metadata: outgoing, log: log.child({ request_id: requestId }) };
}

import { Code } from "@theseus/kit/contract";

const HTTP: Readonly<Record<Code, number>> = {
  [Code.OK]: 200,
  [Code.CANCELLED]: 499,
  [Code.UNKNOWN]: 500,
  [Code.INVALID_ARGUMENT]: 400,
  [Code.DEADLINE_EXCEEDED]: 504,
  [Code.NOT_FOUND]: 404,
  [Code.ALREADY_EXISTS]: 409,
  [Code.PERMISSION_DENIED]: 403,
  [Code.RESOURCE_EXHAUSTED]: 429,
  [Code.FAILED_PRECONDITION]: 400,
  [Code.ABORTED]: 409,
  [Code.OUT_OF_RANGE]: 400,
  [Code.UNIMPLEMENTED]: 501,
  [Code.INTERNAL]: 500,
  [Code.UNAVAILABLE]: 503,
  [Code.DATA_LOSS]: 500,
  [Code.UNAUTHENTICATED]: 401,
};

/** The code itself when gRPC defines it, else UNKNOWN. */
export function knownCode(code: number): Code {
  return code in HTTP ? code : Code.UNKNOWN;
}

/** The HTTP status of a gRPC code, after google.rpc.Code; one that gRPC does not define counts as UNKNOWN. */
export function httpStatusOf(code: number): number {
  return HTTP[knownCode(code)];
}

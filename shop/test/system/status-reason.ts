import type { ServiceError } from "@grpc/grpc-js";
import { decodeStatus, readDetails, STATUS_DETAILS } from "@theseus/kit/contract";

/** The reason in a status's details. */
export function reasonOf(error: ServiceError): string | undefined {
  const [bytes] = error.metadata.get(STATUS_DETAILS);
  return bytes instanceof Buffer ? readDetails(decodeStatus(bytes)?.details ?? []).reason : undefined;
}

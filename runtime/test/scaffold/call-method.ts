import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { decodeStatus, readDetails, STATUS_DETAILS, type StatusDetails } from "@theseus/kit/contract";

/** Calls a unary method with an empty message; how it ended, and what the details say. */
export function callMethod(
  address: string,
  path: string,
): Promise<Partial<StatusDetails> & { readonly status: string | undefined }> {
  const client = new Client(address, credentials.createInsecure());
  const same = (value: Buffer) => value;
  return new Promise<Awaited<ReturnType<typeof callMethod>>>((resolve) => {
    const options = { deadline: Date.now() + 10_000 };
    client.makeUnaryRequest(path, same, same, Buffer.alloc(0), options, (error) => {
      resolve(error === null ? { status: "OK" } : { status: status[error.code], ...detailsOf(error) });
    });
  }).finally(() => client.close());
}

function detailsOf({ metadata }: ServiceError): Partial<StatusDetails> {
  const [bytes] = metadata.get(STATUS_DETAILS);
  return bytes instanceof Buffer ? readDetails(decodeStatus(bytes)?.details ?? []) : {};
}

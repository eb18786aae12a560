import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { decodeStatus, readDetails, STATUS_DETAILS, type StatusDetails } from "@theseus/kit/contract";

/** How a call ended, and what the details of its status say. */
export type Answer = Partial<StatusDetails> & { readonly status: string | undefined };

/** Calls a unary method, with the claims of an access token where there are some. */
export function callMethod(
  address: string,
  path: string,
  call: { readonly request?: Uint8Array; readonly claims?: object } = {},
): Promise<Answer> {
  const client = new Client(address, credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
  const same = (value: Buffer) => value;
  const metadata = new Metadata();
  if (call.claims) {
    metadata.set("x-theseus-claims", Buffer.from(JSON.stringify(call.claims)).toString("base64url"));
  }
  const request = Buffer.from(call.request ?? []);
  return new Promise<Answer>((resolve) => {
    const options = { deadline: Date.now() + 10_000 };
    client.makeUnaryRequest(path, same, same, request, metadata, options, (error) => {
      resolve(error === null ? { status: "OK" } : { status: status[error.code], ...detailsOf(error) });
    });
  }).finally(() => client.close());
}

function detailsOf({ metadata }: ServiceError): Partial<StatusDetails> {
  const [bytes] = metadata.get(STATUS_DETAILS);
  return bytes instanceof Buffer ? readDetails(decodeStatus(bytes)?.details ?? []) : {};
}

import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { readDetails, readStatusTrailer } from "@theseus/kit/contract";
import type { Identity } from "../../src/identity/index.js";

/** How a call ended: a status by name, and what the details say. */
export interface Outcome {
  readonly status: string;
  readonly reason?: string;
  readonly domain?: string;
  readonly retryAfterMs?: number;
  readonly headers?: Metadata;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
  readonly bytes?: number;
}

export interface GrpcCaller extends Disposable {
  call(path: string, options?: CallOptions): Promise<Outcome>;
  /** `deadlineMs` is 10,000 where nothing is said. */
  stream(
    path: string,
    headers?: Readonly<Record<string, string>>,
    deadlineMs?: number,
  ): ClientDuplexStream<Buffer, Buffer>;
}

/** Calls by path with raw bytes. With an identity over mutual TLS, without one in plain text. */
export function grpcCaller(address: string, identity?: Partial<Identity>): GrpcCaller {
  const client = new Client(address, identity === undefined ? credentials.createInsecure() : tls(identity), {
    "grpc.enable_http_proxy": 0,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.ssl_target_name_override": "peer.mesh",
    "grpc.initial_reconnect_backoff_ms": 50,
  });
  return {
    call: (path, options = {}) => unary(client, path, options),
    stream: (path, headers = {}, deadlineMs = 10_000) =>
      client.makeBidiStreamRequest(path, same, same, toMetadata(headers), {
        deadline: Date.now() + deadlineMs,
      }),
    [Symbol.dispose]: () => client.close(),
  };
}

/** The end of a failed call. */
export function toOutcome(error: ServiceError): Outcome {
  const { details = [] } = readStatusTrailer(error.metadata);
  const { reason, domain, retryAfterMs } = readDetails(details);
  return {
    status: status[error.code],
    headers: error.metadata,
    ...(reason !== undefined && { reason }),
    ...(domain !== undefined && { domain }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function unary(client: Client, path: string, options: CallOptions): Promise<Outcome> {
  const { headers = {}, deadlineMs = 10_000, bytes = 0 } = options;
  return new Promise((resolve) => {
    const deadline = Date.now() + deadlineMs;
    const request = Buffer.alloc(bytes, 1);
    client.makeUnaryRequest(path, same, same, request, toMetadata(headers), { deadline }, (error) =>
      resolve(error === null ? { status: "OK" } : toOutcome(error)),
    );
  });
}

function tls({ trustBundle, privateKey, certificate }: Partial<Identity>) {
  const [root, key, chain] = [trustBundle, privateKey, certificate].map((pem) =>
    pem === undefined ? null : Buffer.from(pem),
  );
  // A SPIFFE certificate names a workload, not a host.
  return credentials.createSsl(root, key, chain, { checkServerIdentity: () => undefined });
}

function toMetadata(headers: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

function same(value: Buffer): Buffer {
  return value;
}

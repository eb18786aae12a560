import { Client, type ClientDuplexStream, credentials, type Metadata } from "@grpc/grpc-js";
import { createConnectionPool } from "./connection-pool.js";

const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** How long a connection without calls is kept, in ms. */
const IDLE_MS = 60_000;

/** How one call goes out. */
export interface CallSettings {
  readonly metadata: Metadata;
  readonly deadline: Date;
  /** Aborting it cancels the call. */
  readonly signal: AbortSignal;
}

/** How many calls with one message out and one in there may be at a time. Whoever opens streams counts them. */
export interface UpstreamLimits {
  readonly maxCalls: number;
}

/** A stream of messages out and in, as bytes of Protobuf. */
export type UpstreamStream = ClientDuplexStream<Uint8Array, Buffer>;

/** The gRPC server behind the gateway. It takes and gives bytes of Protobuf, and does not look into them. */
export interface Upstream extends Disposable {
  /** One message out, one in. Rejects with the failed status, or with RATE_LIMITED. */
  call(rpc: string, request: Uint8Array, settings: CallSettings): Promise<Buffer>;
  /** Any other shape. A failed status comes as the stream's error. */
  open(rpc: string, settings: CallSettings): UpstreamStream;
  /** True when a connection is there within `timeoutMs`. */
  reachable(timeoutMs: number): Promise<boolean>;
}

/**
 * Connects, over plaintext HTTP/2, to `host:port` or `unix:/path`. Streams have connections of their own: those that stay
 * open take no room from calls that end soon.
 */
export function connectUpstream(address: string, { maxCalls }: UpstreamLimits): Upstream {
  const connect = () => createClient(address);
  const calls = createConnectionPool({ connect, maxCalls });
  const streams = createConnectionPool({ connect });
  return {
    call: async (rpc, request, { metadata, deadline, signal }) => {
      const { client, giveBack } = calls.take();
      return new Promise<Buffer>((resolve, reject) => {
        const call = client.makeUnaryRequest(
          rpc,
          toBuffer,
          asIs,
          request,
          metadata,
          { deadline },
          (error, reply) => {
            forget();
            if (error) reject(error);
            else resolve(reply ?? Buffer.alloc(0));
          },
        );
        const forget = cancelOn(signal, call);
      }).finally(giveBack);
    },
    open: (rpc, { metadata, deadline, signal }) => {
      const { client, giveBack } = streams.take();
      const call = client.makeBidiStreamRequest(rpc, toBuffer, asIs, metadata, { deadline });
      call.on("status", cancelOn(signal, call));
      call.on("status", giveBack);
      call.on("error", () => {});
      return call;
    },
    reachable: (timeoutMs) =>
      new Promise((resolve) => calls.first.waitForReady(Date.now() + timeoutMs, (error) => resolve(!error))),
    [Symbol.dispose]: () => {
      calls[Symbol.dispose]();
      streams[Symbol.dispose]();
    },
  };
}

/** A client has one connection, which it shares with no other, and goes directly, whatever `http_proxy` says. */
function createClient(address: string): Client {
  return new Client(address, credentials.createInsecure(), {
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    "grpc.client_idle_timeout_ms": IDLE_MS,
    "grpc.max_receive_message_length": MAX_REPLY_BYTES,
    "grpc.enable_channelz": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.use_local_subchannel_pool": 1,
  });
}

/** Cancels a call when the signal is aborted; what is returned ends that. */
function cancelOn(signal: AbortSignal, call: { cancel(): void }): () => void {
  const cancel = () => call.cancel();
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  return () => signal.removeEventListener("abort", cancel);
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

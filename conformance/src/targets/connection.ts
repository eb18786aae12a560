import { type DescMethod, fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  type CallOptions as GrpcCallOptions,
  type Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { type Contract, methodPath } from "@theseus/kit/contract";
import type { Value } from "../cases/value.js";

/** What a call is made with. */
export interface Request {
  readonly metadata: Metadata;
  /** Infinity for none. */
  readonly deadlineMs: number;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}

const keep = (bytes: Buffer) => bytes;

/** A channel to the implementation under test, never by a proxy, over which requests and responses go as bytes. */
export class Connection implements Disposable {
  readonly #client: Client;

  /** `isAlone`: what it does not read is in nobody else's way. Otherwise those of one process share an HTTP/2 connection. */
  constructor(address: string, { isAlone = false }: { readonly isAlone?: boolean } = {}) {
    this.#client = new Client(address, credentials.createInsecure(), {
      "grpc.enable_http_proxy": 0,
      "grpc.use_local_subchannel_pool": isAlone ? 1 : 0,
      "grpc.max_receive_message_length": 64 * 1024 * 1024,
      "grpc.max_send_message_length": 64 * 1024 * 1024,
      "grpc.initial_reconnect_backoff_ms": 50,
      "grpc.max_reconnect_backoff_ms": 200,
    });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  /** `path` is `/package.Service/Method`. */
  unary(path: string, bytes: Buffer, request: Request): Promise<Buffer | ServiceError> {
    return new Promise((resolve) => {
      const done = (error: ServiceError | null, answer?: Buffer) =>
        resolve(error ?? answer ?? Buffer.alloc(0));
      const options = callOptions(request);
      const call = this.#client.makeUnaryRequest(path, keep, keep, bytes, request.metadata, options, done);
      request.signal?.addEventListener("abort", () => call.cancel());
    });
  }

  /** A client stream with all its messages. */
  upload(method: DescMethod, messages: readonly Buffer[], request: Request): Promise<Buffer | ServiceError> {
    return new Promise((resolve) => {
      const done = (error: ServiceError | null, answer?: Buffer) =>
        resolve(error ?? answer ?? Buffer.alloc(0));
      const options = callOptions(request);
      const call = this.#client.makeClientStreamRequest(
        methodPath(method),
        keep,
        keep,
        request.metadata,
        options,
        done,
      );
      request.signal?.addEventListener("abort", () => call.cancel());
      // A refusal may end the stream while we still write; the callback receives it.
      call.on("error", () => undefined);
      for (const message of messages) call.write(message);
      call.end();
    });
  }

  download(method: DescMethod, bytes: Buffer, request: Request): ClientReadableStream<Buffer> {
    const options = callOptions(request);
    return this.#client.makeServerStreamRequest(
      methodPath(method),
      keep,
      keep,
      bytes,
      request.metadata,
      options,
    );
  }

  converse(method: DescMethod, request: Request): ClientDuplexStream<Buffer, Buffer> {
    return this.#client.makeBidiStreamRequest(
      methodPath(method),
      keep,
      keep,
      request.metadata,
      callOptions(request),
    );
  }
}

function callOptions({ deadlineMs }: Request): GrpcCallOptions {
  return { deadline: Date.now() + deadlineMs };
}

/** Request bytes of a value in a case. */
export function encode(contract: Contract, method: DescMethod, value: Value): Buffer {
  const message = fromJson(method.input, value as JsonValue, { registry: contract.registry });
  return Buffer.from(toBinary(method.input, message));
}

/** An unknown field (number 536870911, a text) that takes exactly so many bytes. */
export function padding(size: number): Buffer {
  const tag = Buffer.from("faffffff0f", "hex");
  for (const lengthBytes of [1, 2, 3, 4]) {
    const length = size - tag.length - lengthBytes;
    const varint = toVarint(length);
    if (length >= 0 && varint.length === lengthBytes)
      return Buffer.concat([tag, varint, Buffer.alloc(length, "x")]);
  }
  throw new Error(`no unknown field has ${size} bytes`);
}

function toVarint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}

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
import type { Value } from "./case.js";
import { type Contract, pathOf } from "./contract.js";

/** What a call is made with. */
export interface Request {
  readonly metadata: Metadata;
  readonly deadlineMs: number;
}

const keep = (bytes: Buffer) => bytes;

/** A channel to the implementation under test; requests and responses are bytes, their meaning is the contract's. */
export class Connection implements Disposable {
  readonly #client: Client;

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure(), {
      "grpc.max_receive_message_length": 64 * 1024 * 1024,
      "grpc.max_send_message_length": 64 * 1024 * 1024,
      "grpc.initial_reconnect_backoff_ms": 50,
      "grpc.max_reconnect_backoff_ms": 200,
    });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  unary(method: DescMethod, bytes: Buffer, request: Request): Promise<Buffer | ServiceError> {
    return new Promise((resolve) => {
      const done = (error: ServiceError | null, answer?: Buffer) =>
        resolve(error ?? answer ?? Buffer.alloc(0));
      this.#client.makeUnaryRequest(
        pathOf(method),
        keep,
        keep,
        bytes,
        request.metadata,
        callOptions(request),
        done,
      );
    });
  }

  /** A client stream with all its messages. */
  upload(method: DescMethod, messages: readonly Buffer[], request: Request): Promise<Buffer | ServiceError> {
    return new Promise((resolve) => {
      const done = (error: ServiceError | null, answer?: Buffer) =>
        resolve(error ?? answer ?? Buffer.alloc(0));
      const options = callOptions(request);
      const call = this.#client.makeClientStreamRequest(
        pathOf(method),
        keep,
        keep,
        request.metadata,
        options,
        done,
      );
      // A refusal may end the stream while we still write; the callback has it.
      call.on("error", () => undefined);
      for (const message of messages) call.write(message);
      call.end();
    });
  }

  download(method: DescMethod, bytes: Buffer, request: Request): ClientReadableStream<Buffer> {
    const options = callOptions(request);
    return this.#client.makeServerStreamRequest(pathOf(method), keep, keep, bytes, request.metadata, options);
  }

  converse(method: DescMethod, request: Request): ClientDuplexStream<Buffer, Buffer> {
    return this.#client.makeBidiStreamRequest(
      pathOf(method),
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

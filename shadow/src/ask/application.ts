import { type DescMethod, fromBinary, toJson } from "@bufbuild/protobuf";
import { Client, credentials, type Metadata, type ServiceError } from "@grpc/grpc-js";
import { type Contract, methodPath } from "@theseus/kit/contract";
import { type Answer, type Fields, toRefusal } from "./answer.js";

/** What both sides are asked. */
export interface Question {
  readonly method: DescMethod;
  readonly bytes: Buffer;
  readonly metadata: Metadata;
  /** How long each may take. */
  readonly deadlineMs: number;
}

/** How much of a stream is read. */
export interface Prefix {
  readonly messages: number;
  /** From the first message on. */
  readonly withinMs: number;
  /** Without any. */
  readonly silentMs: number;
}

const keep = (bytes: Buffer) => bytes;

/** One side: an application on its unix socket, without its sidecar. */
export class Application implements AsyncDisposable {
  readonly #client: Client;
  #openStreams = 0;

  constructor(
    socket: string,
    readonly contract: Contract,
  ) {
    this.#client = new Client(`unix:${socket}`, credentials.createInsecure(), {
      "grpc.enable_http_proxy": 0,
      "grpc.use_local_subchannel_pool": 1,
      "grpc.max_receive_message_length": 64 << 20,
      "grpc.initial_reconnect_backoff_ms": 50,
      "grpc.max_reconnect_backoff_ms": 1_000,
    });
  }

  /** Streams that have not ended. */
  get openStreams(): number {
    return this.#openStreams;
  }

  ask({ method, bytes, metadata, deadlineMs }: Question): Promise<Answer> {
    const deadline = Date.now() + deadlineMs;
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        methodPath(method),
        keep,
        keep,
        bytes,
        metadata,
        { deadline },
        (error, answer) =>
          resolve(
            error === null
              ? { messages: [this.#read(method, answer ?? Buffer.alloc(0))] }
              : { messages: [], refusal: toRefusal(error) },
          ),
      );
    });
  }

  /** Opens a stream, reads what it begins with, and leaves it. Resolves when it has ended. */
  watch({ method, bytes, metadata, deadlineMs }: Question, prefix: Prefix): Promise<Answer> {
    const deadline = Date.now() + Math.min(deadlineMs, 2 * prefix.silentMs);
    const stream = this.#client.makeServerStreamRequest(methodPath(method), keep, keep, bytes, metadata, {
      deadline,
    });
    this.#openStreams += 1;
    return new Promise((resolve) => {
      const messages: Fields[] = [];
      let goesOn = false;
      let refusal: Answer["refusal"];
      const leave = () => {
        goesOn = true;
        stream.cancel();
      };
      let timer = setTimeout(leave, prefix.silentMs);
      stream.once("data", () => {
        clearTimeout(timer);
        timer = setTimeout(leave, prefix.withinMs);
      });
      stream.on("data", (message: Buffer) => {
        if (messages.length < prefix.messages) messages.push(this.#read(method, message));
        if (messages.length >= prefix.messages) leave();
      });
      stream.on("error", (error: ServiceError) => {
        if (!goesOn) refusal = toRefusal(error);
      });
      stream.on("status", () => {
        clearTimeout(timer);
        this.#openStreams -= 1;
        // The error event of the same end comes in the same turn.
        setImmediate(() =>
          resolve({ messages, ...(goesOn ? { goesOn } : refusal === undefined ? {} : { refusal }) }),
        );
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
  }

  #read({ output }: DescMethod, bytes: Uint8Array): Fields {
    const { registry } = this.contract;
    try {
      const message = fromBinary(output, bytes);
      return toJson(output, message, {
        registry,
        useProtoFieldName: true,
        alwaysEmitImplicit: true,
      }) as Fields;
    } catch {
      return { unreadable: true };
    }
  }
}

import { Client as Channel, type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";
import { Code, ErrorReason, reasonName } from "../contract/reason-rule.js";
import type {
  InputOf,
  MethodDefinition,
  OutputOf,
  ServiceDefinition,
} from "../contract/service-definition.js";
import { StatusError } from "../errors/status-error.js";
import { abortable } from "../streams/abortable.js";
import { drained } from "../streams/drain.js";
import { formatTraceparent, parseTraceparent } from "../telemetry/span-place.js";
import { type CallSpan, noTelemetry, type Telemetry } from "../telemetry/telemetry.js";

/** What a client is told once. */
export interface ClientOptions {
  /** `unix:/path` or `host:port`, usually the sidecar's outbound address. */
  readonly address: string;
  /** The longest that any call may take, in ms. */
  readonly timeoutMs: number;
  /** Who is told of each call; nobody when absent. */
  readonly telemetry?: Telemetry;
}

/** What a client is told for one call. */
export interface CallOptions {
  /** Ends the call when aborted. */
  readonly signal?: AbortSignal;
  /** Shortens the client's `timeoutMs`, never lengthens it. */
  readonly deadline?: Date;
  /** Headers. */
  readonly metadata?: Metadata;
}

/** A method to call: one message or an async iterable of them in, a promise or an async iterable out. */
export type ClientMethod<M extends MethodDefinition> = (
  request: InputOf<M>,
  options?: CallOptions,
) => OutputOf<M>;

/** A client for a service: its methods by their names in camel case. Disposing closes the connection. */
export type Client<S extends ServiceDefinition> = {
  readonly [K in keyof S]: ClientMethod<S[K]>;
} & AsyncDisposable;

/**
 * A client that rejects with StatusError, or with what its own request stream threw. It connects with the first call and reconnects with a back-off of
 * 100 ms to 1 s. A response stream calls when it is first read, is read only as fast as it is consumed, and is
 * cancelled when its consumer leaves early.
 */
export function createClient<S extends ServiceDefinition>(definition: S, options: ClientOptions): Client<S> {
  const channel = new Channel(options.address, credentials.createInsecure(), {
    "grpc.enable_channelz": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.min_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1000,
    "grpc.max_receive_message_length": -1,
  });
  const methods = Object.entries(definition).map(([name, method]) => {
    const call = (request: unknown, callOptions: CallOptions = {}) => {
      const started = { channel, method, callOptions, options };
      if (method.responseStream) return responses(started, request);
      return method.requestStream ? onlyResponse(started, request) : unary(started, request);
    };
    return [name, call] as const;
  });
  const dispose = async () => channel.close();
  return Object.assign(Object.fromEntries(methods), {
    [Symbol.asyncDispose]: dispose,
  }) as unknown as Client<S>;
}

interface Start {
  readonly channel: Channel;
  readonly method: MethodDefinition;
  readonly callOptions: CallOptions;
  readonly options: ClientOptions;
}

/** The call as a span of its own, below that of the headers' `traceparent`. */
function beginSpan({ method, callOptions, options }: Start): {
  readonly span: CallSpan;
  readonly metadata: Metadata;
} {
  const { address, telemetry = noTelemetry } = options;
  const { metadata = new Metadata() } = callOptions;
  const span = telemetry.calling(
    method.path,
    parseTraceparent(metadata.get("traceparent")[0]?.toString()),
    address,
  );
  if (!telemetry.isOn) return { span, metadata };
  const own = metadata.clone();
  own.set("traceparent", formatTraceparent(span));
  return { span, metadata: own };
}

function endOfSpan(failure: StatusError | undefined) {
  return {
    code: Code[failure?.code ?? Code.OK],
    reason: failure && reasonName(failure.reason),
  };
}

function unary(start: Start, request: unknown): Promise<unknown> {
  const { channel, method, callOptions, options } = start;
  const { signal } = callOptions;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(whyAborted(signal));
    const { span, metadata } = beginSpan(start);
    const call = channel.makeUnaryRequest(
      method.path,
      (message: unknown) => method.requestSerialize(message as never),
      method.responseDeserialize,
      request,
      metadata,
      { deadline: deadlineOf(callOptions, options.timeoutMs) },
      (failure, response) => {
        signal?.removeEventListener("abort", cancel);
        const refused = failure ? StatusError.from(failure) : undefined;
        span.end(endOfSpan(refused));
        if (refused) reject(signal?.aborted ? whyAborted(signal) : refused);
        else resolve(response);
      },
    );
    const cancel = () => call.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
  });
}

async function onlyResponse(start: Start, requests: unknown): Promise<unknown> {
  let response: unknown;
  for await (const message of responses(start, requests)) response = message;
  if (response === undefined)
    throw new StatusError(ErrorReason.INTERNAL, "the peer answered without a message");
  return response;
}

async function* responses(start: Start, request: unknown): AsyncGenerator<unknown> {
  const { channel, method, callOptions, options } = start;
  const { signal } = callOptions;
  if (signal?.aborted) throw whyAborted(signal);
  const { span, metadata } = beginSpan(start);
  const stream = channel.makeBidiStreamRequest(
    method.path,
    (message: unknown) => method.requestSerialize(message as never),
    method.responseDeserialize,
    metadata,
    { deadline: deadlineOf(callOptions, options.timeoutMs) },
  );
  const cancel = () => stream.cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const ending = endOf(stream);
  void ending.failure.then((failure) => span.end(endOfSpan(failure && StatusError.from(failure))));
  const sending = sendAll(
    stream,
    method.requestStream ? (request as AsyncIterable<unknown>) : [request],
    ending,
  );
  try {
    yield* stream.iterator({ destroyOnReturn: false });
  } catch {
    // What happened is in the call's status.
  } finally {
    signal?.removeEventListener("abort", cancel);
    if (!ending.signal.aborted) cancel();
  }
  const failure = await ending.failure;
  const unsent = await sending;
  if (unsent) throw unsent.cause;
  if (failure) throw signal?.aborted ? whyAborted(signal) : StatusError.from(failure);
}

interface Ending {
  /** Aborted when the call has its status. */
  readonly signal: AbortSignal;
  /** The status as an error, undefined for OK. */
  readonly failure: Promise<Error | undefined>;
}

/** To be called before anything can happen: an error that nobody listens to would end the process. */
function endOf(stream: ClientDuplexStream<unknown, unknown>): Ending {
  const over = new AbortController();
  let error: Error | undefined;
  stream.on("error", (thrown: Error) => {
    error ??= thrown;
  });
  const failure = new Promise<Error | undefined>((resolve) => {
    stream.once("status", () => {
      over.abort();
      resolve(error);
    });
  });
  return { signal: over.signal, failure };
}

/** Sends requests as fast as the peer takes them, until the call is over. Gives what the requests' source threw. */
async function sendAll(
  stream: ClientDuplexStream<unknown, unknown>,
  requests: AsyncIterable<unknown> | Iterable<unknown>,
  { signal }: Ending,
): Promise<{ readonly cause: unknown } | undefined> {
  const source = toAsync(requests);
  try {
    while (true) {
      const next = await abortable(source.next(), signal);
      if (next.done) break;
      if (!stream.write(next.value)) await drained(stream, signal);
    }
    stream.end();
    return undefined;
  } catch (cause) {
    void Promise.resolve(source.return?.()).catch(() => undefined);
    if (signal.aborted) return undefined;
    stream.cancel();
    return { cause };
  }
}

function toAsync(source: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterator<unknown> {
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  const iterator = source[Symbol.iterator]();
  return { next: async () => iterator.next() };
}

function deadlineOf({ deadline }: CallOptions, timeoutMs: number): Date {
  const latest = Date.now() + timeoutMs;
  return new Date(Math.min(deadline?.getTime() ?? latest, latest));
}

/** A call that was ended because another one was ends for the same reason. */
function whyAborted({ reason }: AbortSignal): StatusError {
  if (reason instanceof StatusError) return reason;
  const expired = reason instanceof Error && reason.name === "TimeoutError";
  return expired
    ? StatusError.from(reason)
    : new StatusError(ErrorReason.CANCELLED, "the call was cancelled", { cause: reason });
}

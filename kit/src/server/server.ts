import { setMaxListeners } from "node:events";
import {
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  setLogVerbosity,
} from "@grpc/grpc-js";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import { listenAt } from "../process/listen.js";
import type { Log } from "../process/log.js";
import { createHealth } from "../protocols/health.js";
import { monitor } from "../protocols/health-monitor.js";
import { createReflection } from "../protocols/reflection.js";
import { wireStatus } from "../protocols/wire-fault.js";
import { followStandby, type Work } from "../standby/activity.js";
import { createWriteGate } from "../standby/write-gate.js";
import { abortable } from "../streams/abortable.js";
import { noTelemetry, type Telemetry } from "../telemetry/telemetry.js";
import type { ServiceBinding } from "./bind.js";
import type { Identity } from "./identity.js";
import { type MutualTls, MutualTlsCredentials } from "./mutual-tls.js";
import { answer } from "./pipeline.js";
import { warmUp } from "./request-codec.js";
import { toWireCall, type WireCall, type WireMethod } from "./wire-call.js";

/** What a server is made of. */
export interface ServeOptions {
  /** `unix:/path` (at most 107 bytes; the file gets mode 0600) or `host:port`, where port 0 means any. */
  readonly listen: string;
  readonly services: readonly ServiceBinding[];
  /** What reflection tells of: a serialised FileDescriptorSet with imports. The whole contract when absent. */
  readonly descriptorSet?: Uint8Array;
  /** Resolves when the store answers; health says what it finds. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** Who is told of each call; nobody when absent. */
  readonly telemetry?: Telemetry;
  /** What the process does besides, and whether it may. Without it the process always may act. */
  readonly work?: Work;
  /** Who callers and end users are. Without it every certificate is an unknown workload's, and every token invalid. */
  readonly identity?: Identity | undefined;
  /** How long running calls may take to finish when the server stops, in ms. Default 8000. */
  readonly drainMs?: number;
  /** From one probe to the next, in ms, and the most that one may take. Default 1000. */
  readonly probeIntervalMs?: number;
  /** With it the server speaks TLS 1.3 and takes only callers with a certificate of its authority. */
  readonly tls?: MutualTls;
}

/** A server that listens. Disposing stops it: NOT_SERVING, running calls finish, then the rest is cut off. */
export interface RunningServer extends AsyncDisposable {
  /** Where it listens, with the actual port. */
  readonly address: string;
  readonly log: Log;
}

const DEFAULT_DRAIN_MS = 8000;
const DEFAULT_PROBE_INTERVAL_MS = 1000;
/** For answers to calls that were cut off to get out. */
const LAST_WORDS_MS = 500;
const MIB = 1024 * 1024;

/**
 * Serves services with health (truthful by `probe`) and reflection beside them. Resolves when it listens and the
 * first probe has ended, whichever way that went: a server whose store is down says so and waits for it.
 *
 * @throws ConfigError when it cannot listen there
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { log, services, work, telemetry = noTelemetry } = options;
  setLogVerbosity(logVerbosity.NONE);
  const names = services.map((service) => service.typeName);
  const health = createHealth(names);
  const draining = new AbortController();
  const cutOff = new AbortController();
  // Every running call listens to these two.
  setMaxListeners(0, draining.signal, cutOff.signal);
  const drainMs = options.drainMs ?? DEFAULT_DRAIN_MS;
  const gate = createWriteGate(drainMs);
  const context = {
    log,
    telemetry,
    identity: options.identity,
    draining: draining.signal,
    cutOff: cutOff.signal,
    gate,
  };
  const server = new Server(channelOptions(services));
  for (const method of services.flatMap((service) => service.methods)) {
    warmUp(method.request.message);
    register(server, method.path, (call) => answer(method, call, context));
  }
  const descriptorSet = options.descriptorSet ?? descriptorSetBytes();
  for (const method of [...health.methods, ...createReflection(descriptorSet, names)]) {
    register(server, method.path, plain(method, cutOff.signal));
  }
  const intervalMs = options.probeIntervalMs ?? DEFAULT_PROBE_INTERVAL_MS;
  const watched = await monitor({ probe: options.probe, health, log, intervalMs, timeoutMs: intervalMs });
  if (work?.standby.isThere !== true) gate.open();
  const address = await listenAt(options.listen, () => bindTo(server, options)).catch((error: unknown) => {
    watched[Symbol.dispose]();
    throw error;
  });
  const activity = work && (await followStandby({ work, gate, log, tell: health.setActive }));
  let stopped: Promise<void> | undefined;
  return {
    address,
    log,
    [Symbol.asyncDispose]: () => {
      stopped ??= stop();
      return stopped;
    },
  };

  async function stop(): Promise<void> {
    watched[Symbol.dispose]();
    health.stop();
    draining.abort(new Error("the server is stopping"));
    const shut = shutDown(server, drainMs, () => {
      cutOff.abort(new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the server has stopped"));
    });
    // At the same time: one after the other would take longer than a stop may.
    await Promise.all([activity?.[Symbol.asyncDispose](), shut]);
  }
}

function register(server: Server, path: string, handle: (call: WireCall) => Promise<void>): void {
  const identity = (bytes: Buffer): Buffer => bytes;
  const handler = (stream: ServerDuplexStream<Buffer, Buffer>) => void handle(toWireCall(stream));
  if (!server.register(path, handler, identity, identity, "bidi")) throw new Error(`${path} is served twice`);
}

function plain(method: WireMethod, cutOff: AbortSignal): (call: WireCall) => Promise<void> {
  return (call) =>
    abortable(method.answer(call), cutOff).then(
      () => call.finish(),
      (thrown: unknown) => call.finish(wireStatus(thrown)),
    );
}

function channelOptions(services: readonly ServiceBinding[]) {
  const largest = services.flatMap((service) =>
    service.methods.map((method) => method.policy.maxRequestBytes),
  );
  return {
    "grpc.enable_channelz": 0,
    // Above what any method takes, so that the pipeline refuses what is too large, with a reason.
    "grpc.max_receive_message_length": Math.max(4 * MIB, 2 * Math.max(0, ...largest)),
    "grpc.max_send_message_length": -1,
    "grpc.max_concurrent_streams": 1000,
    "grpc.keepalive_time_ms": 60_000,
    "grpc.keepalive_timeout_ms": 20_000,
  };
}

function bindTo(server: Server, { listen, tls }: ServeOptions): Promise<number> {
  const credentials = tls ? new MutualTlsCredentials(tls) : ServerCredentials.createInsecure();
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

/**
 * tryShutdown alone waits for ever on a stream that nobody ends, and without channelz forceShutdown ends none. So
 * calls are answered when the time is up, and one whose caller does not even read that is left to the process's end.
 */
function shutDown(server: Server, drainMs: number, cutOff: () => void): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      for (const timer of timers) clearTimeout(timer);
      server.forceShutdown();
      resolve();
    };
    const timers = [setTimeout(cutOff, drainMs), setTimeout(end, drainMs + LAST_WORDS_MS)];
    server.tryShutdown(end);
  });
}

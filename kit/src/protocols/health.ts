import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code } from "../contract/reason-rule.js";
import type { WireCall, WireMethod } from "../server/wire-call.js";
import { type HealthCheckRequest, healthProtocol as protocol } from "./grpc-protocols.js";
import { WireFault } from "./wire-fault.js";

const SERVING = 1;
const NOT_SERVING = 2;
const SERVICE_UNKNOWN = 3;

/** The name whose health tells whether the process is active; see _Standby_ in the launch protocol. */
const ACTIVE = "active";

/** `grpc.health.v1.Health`, and what sets its status. */
export interface Health {
  readonly methods: readonly WireMethod[];
  /** Sets the status of all services at once, as they share the process and its store, and tells whoever watches. */
  setServing(serving: boolean): void;
  /** Sets the status of `active`, which is known from then on. */
  setActive(active: boolean): void;
  /** Sets NOT_SERVING for good, and ends the watches. */
  stop(): void;
}

/** Health of services by their full names, and of the server as `""`. NOT_SERVING until `setServing` says otherwise. */
export function createHealth(services: readonly string[]): Health {
  const names = ["", ...services];
  const serving = new Map(names.map((name) => [name, false]));
  const watchers = new Set<() => void>();
  let stopped = false;

  function statusOf(service: string): number {
    const found = serving.get(service);
    if (found === undefined) return SERVICE_UNKNOWN;
    return found ? SERVING : NOT_SERVING;
  }

  function set(changed: readonly string[], value: boolean): void {
    if (stopped) return;
    for (const name of changed) serving.set(name, value);
    for (const wake of watchers) wake();
  }

  async function watch(service: string, call: WireCall): Promise<void> {
    let last: number | undefined;
    while (true) {
      const now = statusOf(service);
      if (now !== last) await call.send(encode(now));
      last = now;
      if (stopped || call.signal.aborted) return;
      if (statusOf(service) === last) await change(watchers, call.signal);
    }
  }

  return {
    setServing: (value) => set(names, value),
    setActive: (value) => set([ACTIVE], value),
    stop: () => {
      set([...serving.keys()], false);
      stopped = true;
      for (const wake of watchers) wake();
    },
    methods: [
      method("Check", async (service, call) => {
        const status = statusOf(service);
        if (status === SERVICE_UNKNOWN) throw new WireFault(Code.NOT_FOUND, "unknown service");
        await call.send(encode(status));
      }),
      method("Watch", watch),
    ],
  };
}

function method(name: string, answer: (service: string, call: WireCall) => Promise<void>): WireMethod {
  return {
    path: `/${protocol.typeName}/${name}`,
    answer: async (call) => answer(decode(await call.receive()).service, call),
  };
}

function change(watchers: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      watchers.delete(wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    watchers.add(wake);
    signal.addEventListener("abort", wake, { once: true });
  });
}

function encode(status: number): Uint8Array {
  return toBinary(protocol.response, create(protocol.response, { status }));
}

function decode(bytes: Buffer | undefined): HealthCheckRequest {
  try {
    return fromBinary(protocol.request, bytes ?? new Uint8Array());
  } catch {
    throw new WireFault(Code.INVALID_ARGUMENT, "not a HealthCheckRequest");
  }
}

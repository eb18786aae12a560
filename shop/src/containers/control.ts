import { setTimeout as sleep } from "node:timers/promises";
import {
  type ControlStatus,
  type InstanceStatus,
  readDraining,
  readStatus,
  runControl,
  writeDraining,
} from "@theseus/deploy/control";
import { Fault, UsageFault } from "@theseus/runtime/control";
import { metricsPort } from "@theseus/runtime/metrics";
import { shopSystem } from "../shop.js";
import { folders, statusFile } from "./places.js";

export interface ControlFlags {
  readonly replicas?: ReadonlyMap<string, number>;
  readonly policy?: string;
}

export async function control({ replicas = new Map(), policy }: ControlFlags): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  await runControl(shopSystem(), {
    folders,
    status: statusFile,
    replicas,
    ...(policy === undefined ? {} : { policy }),
    metrics: { host: "0.0.0.0", port: metricsPort, name: "control" },
    report: (line) => console.log(line),
    signal: stop.signal,
  });
}

/** It gets no new calls when this is done. */
export async function drain(instance: string): Promise<void> {
  mark(instance, true);
  await waitFor(instance, ({ isDraining }) => isDraining, "drains");
}

/** It gets calls from every sidecar when this is done. */
export async function serve(instance: string): Promise<void> {
  mark(instance, false);
  await waitFor(instance, ({ serves }) => serves, "serves");
}

/** It is forgotten that it drains: for one that is gone. */
export function forget(instance: string): void {
  const draining = new Set(readDraining(folders.state));
  draining.delete(instance);
  writeDraining(folders.state, draining);
}

function mark(instance: string, isDraining: boolean): void {
  const known = expectStatus().instances.map((each) => each.instance);
  if (!known.includes(instance))
    throw new UsageFault(`There is no instance "${instance}".`, `There is: ${known.join(", ")}.`);
  if (isDraining) writeDraining(folders.state, new Set([...readDraining(folders.state), instance]));
  else forget(instance);
}

/** How long the sidecars may take to follow. */
const patienceMs = 30_000;

async function waitFor(
  instance: string,
  isSo: (status: InstanceStatus) => boolean,
  what: string,
): Promise<void> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(100)) {
    const { instances, isTaken } = expectStatus();
    if (isTaken && instances.some((each) => each.instance === instance && isSo(each))) return;
  }
  throw new Fault(
    `Not every sidecar has found that ${instance} ${what}.`,
    "Look at docker compose ps and docker compose logs: one may hang.",
  );
}

function expectStatus(): ControlStatus {
  const status = readStatus(statusFile);
  if (status === undefined)
    throw new Fault(
      "The control plane does not run here.",
      "docker compose exec control … asks the one that does.",
    );
  return status;
}

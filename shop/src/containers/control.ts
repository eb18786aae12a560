import { setTimeout as sleep } from "node:timers/promises";
import {
  type ControlStatus,
  readDraining,
  readStatus,
  runControl,
  writeDraining,
} from "@theseus/deploy/control";
import { Fault, UsageFault } from "@theseus/runtime/control";
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
    report: (line) => console.log(line),
    signal: stop.signal,
  });
}

export function isWell(): void {
  if (readStatus(statusFile) === undefined) throw new Fault("The control plane is not well.", "See its log.");
}

export const drain = (instance: string) => tell(instance, true);

export const undrain = (instance: string) => tell(instance, false);

/** How long the sidecars may take to follow. */
const patienceMs = 20_000;

async function tell(instance: string, isDraining: boolean): Promise<void> {
  const known = expectStatus().instances.map((each) => each.instance);
  if (!known.includes(instance))
    throw new UsageFault(`There is no instance "${instance}".`, `There is: ${known.join(", ")}.`);
  const draining = new Set(readDraining(folders.state));
  if (isDraining) draining.add(instance);
  else draining.delete(instance);
  writeDraining(folders.state, draining);
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(100)) {
    const { instances, isTaken } = expectStatus();
    const follows = instances.some((each) => each.instance === instance && each.isDraining === isDraining);
    if (follows && isTaken) return;
  }
  throw new Fault(
    `Not every sidecar has taken that ${instance} ${isDraining ? "drains" : "serves"}.`,
    "Look at docker compose ps: one may hang.",
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

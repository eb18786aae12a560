import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Endpoint, endpointsFile } from "@theseus/mesh/envoy";
import { provisionEnvoy } from "@theseus/runtime";
import { type KnownHost, knownHosts, type SystemStatus } from "@theseus/runtime/control";
import { HttpClient } from "../../test/system/http-client.js";
import type { Shop } from "../../test/system/shop.js";
import { newVisitor } from "../compose/visitor.js";
import { statusNow } from "../swap/instances-of.js";
import { openSession, type Session } from "../traffic/session.js";

/** What faults are planted in. */
export interface Ground {
  readonly shop: Shop;
  readonly http: HttpClient;
  readonly visitor: Session;
  readonly administrator: Session;
  /** Folder of the instances' sockets and configurations. */
  readonly run: string;
  /** Folder of the instances' identities. */
  readonly identities: string;
  /** The program. */
  readonly envoy: string;
}

export async function groundOf(shop: Shop): Promise<Ground> {
  const http = new HttpClient(shop.edge);
  const [instance] = await shop.instances();
  if (instance === undefined) throw new Error("nothing runs");
  const envoy = await provisionEnvoy({ env: shop.environment(), report: () => {} });
  return {
    ...{ shop, http, envoy: envoy.file },
    visitor: await newVisitor(http),
    administrator: await openSession(http, shop.administrator),
    run: dirname(dirname(instance.app.socket)),
    identities: join(shop.home, "secrets/identity"),
  };
}

/**
 * Tells all callers of a workload that it is at other places, and waits until they have taken them: as many as are well
 * must be so by their health checks. Disposal tells them what they knew before.
 */
export async function tellPlaces(
  ground: Ground,
  workload: string,
  places: readonly Endpoint[],
  { well }: { readonly well: number },
): Promise<AsyncDisposable> {
  const callers = await callersOf(ground, workload);
  const before = callers.map(({ file }) => [file, readFileSync(file, "utf8")] as const);
  const text = JSON.stringify(endpointsFile(workload, places), null, 2);
  for (const { file } of callers) replace(file, text);
  const ports = places.map(({ port }) => port);
  await untilAll(callers, workload, (hosts) => isTold(hosts, ports, well));
  return {
    async [Symbol.asyncDispose]() {
      for (const [file, content] of before) replace(file, content);
      await untilAll(callers, workload, (hosts) => hosts.some(({ isHealthy }) => isHealthy));
    },
  };
}

/** Waits until what a workload's callers, or one of them, know of its hosts is so. */
export async function untilKnown(
  ground: Ground,
  workload: string,
  is: (hosts: readonly KnownHost[]) => boolean,
  caller?: string,
): Promise<void> {
  const callers = await callersOf(ground, workload);
  await untilAll(
    callers.filter(({ instance }) => caller === undefined || instance === caller),
    workload,
    is,
  );
}

interface Caller {
  readonly instance: string;
  readonly admin: string;
  /** What it is told of the workload. */
  readonly file: string;
}

async function callersOf({ shop, run }: Ground, workload: string): Promise<readonly Caller[]> {
  const { instances }: SystemStatus = await statusNow(shop);
  const callers = await Promise.all(
    instances
      .filter(({ kind }) => kind === "sidecar")
      .map(async ({ instance: sidecar, sockets: { admin = "" } }) => {
        const instance = sidecar.replace(/-envoy$/, "");
        const file = join(run, instance, "xds", `${workload}.eds.json`);
        return (await knownHosts(admin)).has(workload) ? [{ instance, admin, file }] : [];
      }),
  );
  return callers.flat();
}

async function untilAll(
  callers: readonly Caller[],
  workload: string,
  is: (hosts: readonly KnownHost[]) => boolean,
): Promise<void> {
  for (const { admin } of callers)
    for (let left = 600; !is((await knownHosts(admin)).get(workload) ?? []); left--) {
      if (left === 0) throw new Error(`${admin} does not come to know ${workload} so`);
      await sleep(50);
    }
}

function isTold(hosts: readonly KnownHost[], ports: readonly number[], well: number): boolean {
  const known = hosts.map(({ port }) => port).sort();
  const healthy = hosts.filter(({ isHealthy }) => isHealthy).length;
  return known.join() === [...ports].sort().join() && healthy === well;
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

import { renameSync, rmSync, symlinkSync } from "node:fs";
import type { Admission } from "../certificate/admission.js";
import { admit, assertInTime } from "../certificate/admit.js";
import { formerImplementations, readHistory } from "../changes/history.js";
import { contentHash } from "../implementation/content-hash.js";
import { developerSocket, instancePaths } from "../pair/instance-paths.js";
import { type Pair, type PairOptions, startPair } from "../pair/pair.js";
import { settled } from "../process/settled.js";
import type { Supervised } from "../process/supervised.js";
import type { OwnStores } from "../stores/own-stores.js";
import type { SystemContext } from "../system/context.js";
import { type FixedPorts, sidecarPorts } from "../system/fixed-ports.js";
import type { InstancePlan } from "../system/plan.js";
import type { InstanceIdentity } from "../system/secrets.js";
import { servicesOf } from "../system/topology.js";
import { untilEndpointsTaken } from "./endpoints-taken.js";
import type { InstanceEntry, Stage } from "./instance.js";
import type { InstanceTable } from "./instance-table.js";
import { runningImplementation } from "./running-implementation.js";

export interface Surroundings extends Pick<PairOptions, "secrets" | "outside" | "directory" | "tokenKeys"> {
  readonly stores: OwnStores;
  readonly ports: FixedPorts;
  readonly table: InstanceTable;
}

/** The pairs of a running system: each can be started, moved from stage to stage and ended alone. */
export class Instances {
  readonly #pairs = new Map<string, Pair>();
  /** What each instance runs as, from its first process on. */
  readonly #processes = new Map<string, Supervised[]>();

  readonly #identities = new Map<string, InstanceIdentity>();

  constructor(
    readonly context: SystemContext,
    readonly around: Surroundings,
  ) {}

  has(instance: string): boolean {
    return this.#processes.has(instance);
  }

  get pairs(): readonly Pair[] {
    return [...this.#pairs.values()];
  }

  /** Names of the workloads, by whether they serve the mesh or only call it. */
  get workloads(): { readonly services: readonly string[]; readonly edges: readonly string[] } {
    const services = servicesOf(this.context.topology);
    const names = this.context.topology.workloads.map(({ name }) => name);
    return { services, edges: names.filter((name) => !services.includes(name)) };
  }

  /** All processes of the instances of these workloads. */
  processesOf(workloads: readonly string[]): readonly Supervised[] {
    return [...this.#processes].flatMap(([instance, processes]) =>
      workloads.includes(this.around.table.get(instance).workload) ? processes : [],
    );
  }

  pairsOf(workload: string): readonly Pair[] {
    return this.pairs
      .filter(({ instance }) => instance.workload.name === workload)
      .sort((a, b) => a.instance.ordinal - b.instance.ordinal);
  }

  /**
   * Starts an instance that is to be active at once, or to wait; where it fails, nothing of one that was to wait is left.
   * One that is in the table already is taken over.
   */
  async start(plan: InstancePlan, stage: Extract<Stage, "active" | "starting">): Promise<Pair> {
    const { table, stores, ports, ...common } = this.around;
    if (!table.has(plan.name)) table.add(await this.#admit(plan, stage));
    const processes: Supervised[] = [];
    this.#processes.set(plan.name, processes);
    try {
      const identity = await this.#openIdentity(plan);
      const { language, contentHash } = table.get(plan.name).implementation;
      const pair = await startPair(this.context, {
        ...common,
        instance: plan,
        implementation: `${language}@${contentHash.slice(0, 12)}`,
        identity,
        store: stores.access.get(plan.workload.name),
        ports: sidecarPorts(plan, ports),
        state: stage === "starting" ? "standby" : "active",
        onStarted: (process) => processes.push(process),
        onMeshPort: (port) => table.setPort(plan.name, port),
      });
      this.#pairs.set(plan.name, pair);
      this.#linkDeveloper(plan.workload.name);
      return pair;
    } catch (error) {
      if (stage === "starting") await this.end(plan.name);
      throw error;
    }
  }

  /** The row of an instance that may have an identity. */
  async #admit(plan: InstancePlan, stage: Stage): Promise<InstanceEntry> {
    const { proofs, home, report } = this.context;
    const { workload, implementation, admission: brought } = plan;
    const hash = await contentHash(implementation);
    const before = [
      ...this.around.table.of(workload.name).map((row) => row.implementation),
      ...formerImplementations(readHistory(home), workload.name),
    ];
    const asking = { service: workload.name, implementation, contentHash: hash };
    const admission = await admit({ ...asking, ...(brought && { admission: brought }) }, before, proofs);
    if (admission.by === "reason")
      report(`${plan.name} IS ADMITTED WITHOUT PROOF until ${admission.until}: ${admission.reason}`);
    return toEntry(plan, stage, { contentHash: hash, admission });
  }

  async #openIdentity({ name, workload }: InstancePlan): Promise<InstanceIdentity> {
    const { admission = { by: "operator" } } = this.around.table.get(name).implementation;
    const identity = await this.around.secrets.openIdentity({
      instance: name,
      workload: workload.name,
      mayIssue: () => assertInTime(name, admission),
    });
    this.#identities.set(name, identity);
    return identity;
  }

  /**
   * Moves instances of one workload to other stages at once, and waits until every caller's sidecar has seen it.
   *
   * @param weights  by instance; whoever has none here weighs 1
   */
  async move(
    workload: string,
    stages: ReadonlyMap<string, Stage>,
    weights?: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { table } = this.around;
    table.setStages(workload, stages, weights);
    this.#linkDeveloper(workload);
    const endpoints = table.endpoints(workload);
    const entering = [...stages.keys()].map((instance) => table.get(instance).port);
    const well = endpoints.flatMap(({ port }) => (entering.includes(port) ? [port] : []));
    await untilEndpointsTaken(this.context, this.pairs, { workload, endpoints, well });
  }

  /** Ends an instance: its application first, which may need its sidecar until it has finished. */
  async end(instance: string): Promise<void> {
    const { table, directory, tokenKeys } = this.around;
    const { workload } = table.get(instance);
    for (const process of [...(this.#processes.get(instance) ?? [])].reverse()) await process.stop();
    const pair = this.#pairs.get(instance);
    this.#pairs.delete(instance);
    this.#processes.delete(instance);
    await this.#identities.get(instance)?.[Symbol.asyncDispose]();
    this.#identities.delete(instance);
    table.remove(instance);
    const { xds } = instancePaths(this.context.run, instance);
    directory.removeReader(xds);
    tokenKeys.removeReader(xds);
    if (pair !== undefined) {
      for (const path of [pair.paths.folder, pair.paths.developer])
        rmSync(path, { recursive: true, force: true });
    }
    await untilEndpointsTaken(this.context, this.pairs, { workload, endpoints: table.endpoints(workload) });
  }

  /** People call a service by one name, whichever instances it has. */
  #linkDeveloper(workload: string): void {
    const first = this.around.table.of(workload).find(({ stage }) => stage === "active");
    if (first === undefined || !this.workloads.services.includes(workload)) return;
    const link = developerSocket(this.context.run, workload);
    rmSync(`${link}.new`, { force: true });
    symlinkSync(`${first.instance}.sock`, `${link}.new`);
    renameSync(`${link}.new`, link);
  }

  /** Ends all of the named workloads at once, as they are. */
  async endAll(workloads: readonly string[], how: "stop" | "kill"): Promise<void> {
    const ending = [...this.#processes].filter(([instance]) =>
      workloads.includes(this.around.table.get(instance).workload),
    );
    await settled(
      ending.map(async ([, processes]) => {
        for (const process of [...processes].reverse()) await process[how]();
      }),
    );
  }
}

function toEntry(
  { name, workload, ordinal, implementation, source }: InstancePlan,
  stage: Stage,
  admitted: { readonly contentHash: string; readonly admission: Admission },
): InstanceEntry {
  return {
    instance: name,
    workload: workload.name,
    ordinal,
    implementation: runningImplementation(implementation, source, admitted),
    stage,
    weight: 1,
    since: new Date().toISOString(),
  };
}

import type { Endpoint } from "@theseus/mesh/envoy";
import type { Directory } from "../pair/directory.js";
import type { StateFile } from "../process/state-file.js";
import type { InstanceEntry, Stage } from "./instance.js";

const LISTED: ReadonlySet<Stage> = new Set(["standby", "candidate", "active", "reserve"]);

/** Under which the state file has the instances. */
export const instancesNote = "instances";

/** The instances there are. Each change is written down before anybody is told; what sidecars are told of them follows from it alone. */
export class InstanceTable {
  readonly #entries = new Map<string, InstanceEntry>();

  constructor(
    readonly state: Pick<StateFile, "note">,
    readonly directory: Directory,
    entries: readonly InstanceEntry[] = [],
  ) {
    for (const entry of entries) this.#entries.set(entry.instance, entry);
    for (const workload of new Set(entries.map((entry) => entry.workload))) this.#publish(workload);
  }

  /** In the order of their ordinals. */
  of(workload: string): readonly InstanceEntry[] {
    return this.all()
      .filter((entry) => entry.workload === workload)
      .sort((a, b) => a.ordinal - b.ordinal);
  }

  all(): readonly InstanceEntry[] {
    return [...this.#entries.values()];
  }

  has(instance: string): boolean {
    return this.#entries.has(instance);
  }

  get(instance: string): InstanceEntry {
    const entry = this.#entries.get(instance);
    if (entry === undefined) throw new Error(`there is no instance ${instance}`);
    return entry;
  }

  add(entry: InstanceEntry): void {
    this.#entries.set(entry.instance, entry);
    this.#keep(entry.workload);
  }

  /** Its sidecar listens on this port, from now on. */
  setPort(instance: string, port: number): void {
    this.add({ ...this.get(instance), port });
  }

  /**
   * Several stages of instances of one workload at once: sidecars see all of them, or none.
   *
   * @param weights  by instance; whoever has none here weighs 1
   */
  setStages(
    workload: string,
    stages: ReadonlyMap<string, Stage>,
    weights: ReadonlyMap<string, number> = new Map(),
  ): void {
    const now = new Date().toISOString();
    for (const [instance, stage] of stages) {
      const entry = this.get(instance);
      const since = stage === entry.stage ? entry.since : now;
      this.#entries.set(instance, { ...entry, stage, since, weight: weights.get(instance) ?? 1 });
    }
    this.#keep(workload);
  }

  remove(instance: string): void {
    const { workload } = this.get(instance);
    this.#entries.delete(instance);
    this.#keep(workload);
  }

  /** The endpoints of a workload, as sidecars are told them. */
  endpoints(workload: string): readonly Endpoint[] {
    return this.of(workload).flatMap(toEndpoint);
  }

  #keep(workload: string): void {
    this.state.note(instancesNote, this.all());
    this.#publish(workload);
  }

  #publish(workload: string): void {
    this.directory.publish(workload, this.endpoints(workload));
  }
}

/**
 * One in standby is listed as draining: sidecars ask for its health and send it nothing. Whoever is listed counts among those
 * of whom a part may be ejected, so nobody is who is not about to get calls.
 */
function toEndpoint({ stage, port, weight }: InstanceEntry): readonly Endpoint[] {
  if (port === undefined || !LISTED.has(stage)) return [];
  const health = stage === "standby" ? "draining" : "healthy";
  return [{ address: "127.0.0.1", port, weight, health, reserve: stage === "reserve" }];
}

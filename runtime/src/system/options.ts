/** What a person chooses at the start. */
export interface StartOptions {
  /** HTTP port of the edge; 0 takes any. */
  readonly port: number;
  /** Port of `/metrics` on loopback; 0 takes any. Absent: 9464; any where that is taken, or where the edge takes any. */
  readonly metricsPort?: number;
  /** Host names that clients ask the edge for, besides those of this machine. */
  readonly allowedHosts: readonly string[];
  /** Language by service. */
  readonly implementations: ReadonlyMap<string, string>;
  /** Languages whose implementations were built just now. */
  readonly built: readonly string[];
  /** Number of instances by service. */
  readonly replicas: ReadonlyMap<string, number>;
  /** File of what is asked beyond the contract, a `theseus.mesh.v1.PolicyOverlay` in YAML or JSON; absent: nothing is. */
  readonly policy?: string;
}

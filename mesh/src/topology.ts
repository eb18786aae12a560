/** Who there is in a mesh. Who may call whom is the contract's business, not this table's. */
export interface Topology {
  readonly identity: IdentityScheme;
  readonly workloads: readonly Workload[];
  readonly externals: readonly External[];
}

/** How workloads and end users are known, to sidecars and applications alike. */
export interface IdentityScheme {
  /** SPIFFE trust domain of the workloads' certificates. */
  readonly trustDomain: string;
  /** Namespace in the workloads' SPIFFE ids. */
  readonly namespace: string;
  /** `iss` of access tokens. */
  readonly tokenIssuer: string;
  /** `aud` of access tokens. */
  readonly tokenAudience: string;
  /** What `sub` of an access token begins with. */
  readonly tokenSubjectPrefix: string;
  /** Which of the `roles` of an access token makes an administrator. */
  readonly adminRole: string;
}

/** A workload of the mesh: an application with a sidecar and an identity of its own. */
export interface Workload {
  readonly name: string;
  /** Fully qualified gRPC services that it serves; none for a workload that only calls. */
  readonly services: readonly string[];
}

/** A party outside the mesh, reached over TLS with an authority of its own. */
export interface External {
  readonly name: string;
  readonly services: readonly string[];
  /** The name in its server certificate. */
  readonly serverName: string;
}

export function spiffeId({ identity }: Topology, workload: string): string {
  return `spiffe://${identity.trustDomain}/ns/${identity.namespace}/sa/${workload}`;
}

/** A workload that serves nothing in the mesh stands at its edge and speaks HTTP with clients. */
export function isAtEdge({ workloads }: Topology, workload: string): boolean {
  return !workloads.some(({ name, services }) => name === workload && services.length > 0);
}

/** Who serves a fully qualified service. */
export function ownerOf(topology: Topology, service: string): string | undefined {
  return [...topology.workloads, ...topology.externals].find((party) => party.services.includes(service))
    ?.name;
}

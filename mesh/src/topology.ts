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

export interface Topology {
  readonly trustDomain: string;
  readonly namespace: string;
  readonly workloads: readonly Workload[];
  readonly externals: readonly External[];
}

/** The one table of who there is. Who may call whom is the contract's business, not this table's. */
export const shop: Topology = {
  trustDomain: "theseus.local",
  namespace: "shop",
  workloads: [
    { name: "gateway", services: [] },
    { name: "user", services: ["theseus.user.v1.UserService"] },
    { name: "inventory", services: ["theseus.inventory.v1.InventoryService"] },
    { name: "payment", services: ["theseus.payment.v1.PaymentService"] },
  ],
  externals: [
    {
      name: "provider",
      services: ["theseus.provider.v1.CardProvider"],
      serverName: "card-provider.example",
    },
  ],
};

export function spiffeId(topology: Topology, workload: string): string {
  return `spiffe://${topology.trustDomain}/ns/${topology.namespace}/sa/${workload}`;
}

/** Who serves a fully qualified service. */
export function ownerOf(topology: Topology, service: string): string | undefined {
  return [...topology.workloads, ...topology.externals].find((party) => party.services.includes(service))
    ?.name;
}

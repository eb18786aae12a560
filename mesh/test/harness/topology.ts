import { spiffeId, type Topology } from "../../src/topology.js";

/** The mesh of these tests: some workloads that the contract names, known by an identity of the tests' own. */
export const topology: Topology = {
  identity: {
    trustDomain: "mesh.test",
    namespace: "harness",
    tokenIssuer: "https://issuer.test",
    tokenAudience: "testers",
    tokenSubjectPrefix: "people/",
    adminRole: "captain",
  },
  workloads: [
    { name: "gateway", services: [] },
    { name: "user", services: ["theseus.user.v1.UserService"] },
    { name: "inventory", services: ["theseus.inventory.v1.InventoryService"] },
    { name: "payment", services: ["theseus.payment.v1.PaymentService"] },
  ],
  externals: [
    { name: "provider", services: ["theseus.provider.v1.CardProvider"], serverName: "provider.test" },
  ],
};

/** The `x-forwarded-client-cert` of a workload. */
export function clientCertificate(workload: string): string {
  return `URI=${spiffeId(topology, workload)}`;
}

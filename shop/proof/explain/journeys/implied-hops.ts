import type { Contract } from "@theseus/kit/contract";
import type { Explanation, Hop } from "@theseus/runtime/explain";
import { topology } from "../../../src/topology.js";

/** The requests of a journey. */
export type Request = "look" | "reserve" | "pay";

const [user, inventory, payment, provider] = [
  "theseus.user.v1.UserService",
  "theseus.inventory.v1.InventoryService",
  "theseus.payment.v1.PaymentService",
  "theseus.provider.v1.CardProvider",
];

/** Who is called for each request, by the contract: what the edge calls, and what payment asks for a payment that works. */
const IMPLIED: Readonly<Record<Request, readonly string[]>> = {
  look: [`gateway > /${inventory}/GetItem`],
  reserve: [`gateway > /${inventory}/CreateReservation`],
  pay: [
    `gateway > /${payment}/CreatePayment`,
    `payment > /${inventory}/GetReservation`,
    `payment > /${user}/GetUser`,
    `payment > /${provider}/Authorize`,
    `payment > /${inventory}/CommitReservation`,
    `payment > /${provider}/Capture`,
  ],
};

/**
 * What keeps the tree of a request from being complete. It is complete when it is one tree, from the edge, in which each
 * call that the contract implies is once, and no other; each has arrived once, at an instance of the service's workload, and
 * sidecar and application there have both said what they answered, and what they are.
 */
export function lacking(
  request: Request,
  told: readonly Explanation[],
  contract: Contract,
): readonly string[] {
  const [tree, ...orphans] = told;
  if (tree === undefined) return ["nothing is told of it"];
  const made = callsOf(tree.hop);
  const names = made.map(({ caller, path }) => `${workloadOf(caller)} > ${path}`);
  return [
    ...orphans.map(({ hop }) => `${hop.instance} stands for itself`),
    ...(tree.hop.inbound?.listener === "edge" ? [] : ["it does not begin at the edge"]),
    ...(tree.hop.answered === undefined ? [`${tree.hop.instance}'s application is not told`] : []),
    ...difference(IMPLIED[request], names).map((name) => `${name} is not told`),
    ...difference(names, IMPLIED[request]).map((name) => `${name} is told, and not implied`),
    ...made.flatMap(({ path, arrived }) => faultsOf(path, arrived, contract)),
  ];
}

interface Made {
  readonly caller: string;
  readonly path: string;
  readonly arrived: readonly Hop[];
}

function callsOf({ instance, calls }: Hop): readonly Made[] {
  return calls.flatMap(({ outbound, arrived }) => [
    { caller: instance, path: outbound.path, arrived },
    ...arrived.flatMap(callsOf),
  ]);
}

function faultsOf(path: string, arrived: readonly Hop[], contract: Contract): readonly string[] {
  const [hop] = arrived;
  if (hop === undefined || arrived.length > 1) return [`${path} has arrived ${arrived.length} times`];
  const service = contract.methods.get(path)?.parent.typeName ?? "";
  const owner = ownerOf(service);
  const hasSidecar = topology.workloads.some(({ name }) => name === owner);
  return [
    ...(workloadOf(hop.instance) === owner ? [] : [`${path} has arrived at ${hop.instance}`]),
    ...(hop.answered === undefined ? [`${path}: ${hop.instance}'s application is not told`] : []),
    ...(hasSidecar && hop.inbound?.implementation === undefined
      ? [`${path}: what ${hop.instance} is, is not told`]
      : []),
  ];
}

function ownerOf(service: string): string | undefined {
  return [...topology.workloads, ...topology.externals].find(({ services }) => services.includes(service))
    ?.name;
}

function workloadOf(instance: string): string {
  return instance.replace(/-\d+$/, "");
}

/** Those of the first that are not in the second as often. */
function difference(these: readonly string[], those: readonly string[]): readonly string[] {
  const left = [...those];
  return these.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

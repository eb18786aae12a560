import type { MeshPolicy, MethodPolicy } from "../../policy/mesh-policy.js";
import { methodsCalledBy } from "../../policy/relations.js";
import { ownerOf, type Topology } from "../../topology.js";
import type { Message } from "../message.js";
import { deadline } from "./deadline.js";
import { priorityOf } from "./priority.js";
import { repeatableSize } from "./request-size.js";
import { certainRetries, retryPolicy } from "./retry.js";
import { unknownMethod } from "./unknown-method.js";

/** For methods that the contract does not give to this caller: the peer refuses them, and soon. */
const otherMethodsTimeoutMs = 5_000;

/** A route for each method that the contract gives to a workload, then one for the rest of each such service. */
export function outboundRoutes(policy: MeshPolicy, topology: Topology, workload: string): readonly Message[] {
  const methods = methodsCalledBy(policy, workload);
  const services = [...new Set(methods.map(({ service }) => service))];
  return [
    ...methods.map((method) => methodRoute(topology, method)),
    ...services.map((service) => serviceRoute(topology, service)),
    unknownMethod(),
  ];
}

function methodRoute(topology: Topology, method: MethodPolicy): Message {
  const { path, service, timeoutMs, maxRequestBytes } = method;
  return {
    name: path,
    match: { path },
    ...repeatableSize(maxRequestBytes),
    route: {
      cluster: owner(topology, service),
      ...deadline(timeoutMs),
      ...priorityOf(method),
      retry_policy: isExternal(topology, service) ? certainRetries() : retryPolicy(method),
    },
  };
}

function serviceRoute(topology: Topology, service: string): Message {
  const prefix = `/${service}/`;
  return {
    name: prefix,
    match: { prefix },
    route: {
      cluster: owner(topology, service),
      ...deadline(otherMethodsTimeoutMs),
      retry_policy: certainRetries(),
    },
  };
}

function isExternal(topology: Topology, service: string): boolean {
  return topology.externals.some(({ services }) => services.includes(service));
}

function owner(topology: Topology, service: string): string {
  const name = ownerOf(topology, service);
  if (name === undefined) throw new Error(`nobody in the topology serves ${service}`);
  return name;
}

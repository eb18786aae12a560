import { externalsOf } from "@theseus/mesh/policy";
import type { PairPlan } from "../pairs.js";
import { places, ports } from "../places.js";
import type { ComposeContext } from "./context.js";
import { images } from "./images.js";
import { after, bashCheck, type ComposeService } from "./service.js";

/** A sidecar: the only one of the pair that is in the mesh, and the edge's the only one of all that is published. */
export function sidecarService(
  context: ComposeContext,
  { workload, sockets, mesh }: PairPlan,
): ComposeService {
  const isEdge = workload.services.length === 0;
  const outside = externalsOf(context.policy, context.topology, workload.name);
  return {
    image: images.envoy,
    command: [
      ...["envoy", "--config-path", places.bootstrap, "--concurrency", "1", "--disable-hot-restart"],
      ...["--log-level", "warning", "--drain-time-s", "5"],
    ],
    networks: [networks.mesh, ...(isEdge ? [networks.edge] : []), ...outside.map(outsideNetwork)],
    volumes: [`${sockets}:${places.pair}:z`, `${mesh}:${places.mesh}:z`],
    ...(isEdge ? { ports: [`\${THESEUS_ADDRESS:-127.0.0.1}:\${THESEUS_PORT:-8080}:${ports.edge}`] } : {}),
    depends_on: after(["control", "service_healthy"]),
    healthcheck: bashCheck(`: < /dev/tcp/127.0.0.1/${isEdge ? ports.edge : ports.mesh}`),
    mem_limit: isEdge ? "640m" : "320m",
  };
}

export const networks = { mesh: "mesh", edge: "edge" } as const;

/** The network that an outside party shares with those who call it. */
export function outsideNetwork(external: string): string {
  return `outside-${external}`;
}

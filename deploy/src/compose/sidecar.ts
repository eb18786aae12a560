import { externalsOf } from "@theseus/mesh/policy";
import { developerFolder, developerForwards, developerPorts } from "../developers.js";
import { isOpenToDevelopers, type PairPlan } from "../pairs.js";
import { places, ports } from "../places.js";
import type { ComposeContext } from "./context.js";
import { images } from "./images.js";
import { after, bashCheck, type ComposeService } from "./service.js";

/** A sidecar: the only one of the pair that is in the mesh, and the edge's the only one of all that is published. */
export function sidecarService(context: ComposeContext, pair: PairPlan): ComposeService {
  const { workload, sockets, mesh, developer } = pair;
  const isEdge = workload.services.length === 0;
  const outside = externalsOf(context.policy, context.topology, workload.name);
  return {
    image: images.envoy,
    command,
    networks: [networks.mesh, ...(isEdge ? [networks.edge] : []), ...outside.map(outsideNetwork)],
    volumes: [
      `${sockets}:${places.pair}:z`,
      `${mesh}:${places.mesh}:z`,
      ...(isOpenToDevelopers(pair) ? [`${developer}:${places.developer}:z`] : []),
    ],
    ...(isEdge ? { ports: [`\${THESEUS_ADDRESS:-127.0.0.1}:\${THESEUS_PORT:-8080}:${ports.edge}`] } : {}),
    depends_on: after(["control", "service_healthy"]),
    healthcheck: bashCheck(`: < /dev/tcp/127.0.0.1/${isEdge ? ports.edge : ports.mesh}`),
    mem_limit: isEdge ? "640m" : "320m",
  };
}

/** Opens the services for grpcurl on loopback: off unless asked for, since whoever reaches it may call what any workload may. */
export function developerService({ pairs }: ComposeContext): ComposeService {
  const forwards = developerForwards(pairs);
  const sockets = pairs
    .filter(isOpenToDevelopers)
    .map(({ application, developer }) => `${developer}:${developerFolder(application)}:z`);
  return {
    profiles: ["dev"],
    image: images.envoy,
    command,
    networks: [networks.developer],
    volumes: [`${developerPorts.volume}:${places.mesh}:z`, ...sockets],
    ports: forwards.map(({ port }) => `127.0.0.1:${port}:${port}`),
    depends_on: after(["control", "service_healthy"]),
    healthcheck: bashCheck(`: < /dev/tcp/127.0.0.1/${forwards[0]?.port}`),
    mem_limit: "128m",
  };
}

const command = [
  ...["envoy", "--config-path", places.bootstrap, "--concurrency", "1", "--disable-hot-restart"],
  ...["--log-level", "warning", "--drain-time-s", "5"],
];

export const networks = {
  mesh: "mesh",
  edge: "edge",
  developer: "developer",
  /** Where the control plane hands out metrics. */
  observe: "observe",
  /** Where people look at them. */
  watch: "watch",
} as const;

/** The network that an outside party shares with those who call it. */
export function outsideNetwork(external: string): string {
  return `outside-${external}`;
}

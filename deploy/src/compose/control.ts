import { developerPorts } from "../developers.js";
import { externalSecretsVolume, secretsVolume, storeSecretsVolume } from "../names.js";
import { places } from "../places.js";
import type { ComposeContext } from "./context.js";
import { ownImage } from "./images.js";
import { after, type ComposeService, healthCheck } from "./service.js";
import { networks } from "./sidecar.js";

/** The volumes that the control plane fills; all of them are in memory. */
export function filledVolumes({ topology, pairs }: ComposeContext): readonly string[] {
  const secrets = topology.workloads.map(secretsVolume).filter((name) => name !== undefined);
  return [
    ...pairs.map(({ mesh }) => mesh),
    developerPorts.volume,
    ...secrets,
    ...topology.externals.map((external) => externalSecretsVolume(external)),
  ];
}

function storeVolumes({ topology }: ComposeContext): readonly string[] {
  return topology.workloads.filter(({ store }) => store.kind !== "none").map(storeSecretsVolume);
}

/** Without the whole command line, which a busy machine takes seconds to load. */
const isFresh = `process.exit(Date.now() - require("node:fs").statSync("${places.status}").mtimeMs < 10000 ? 0 : 1)`;

/** Makes keys, certificates and the sidecars' configuration, and tells the sidecars where their peers are. */
export function controlService(context: ComposeContext): ComposeService {
  return {
    image: ownImage("control", context.version),
    build: { context: ".", dockerfile: "deploy/docker/control.Dockerfile" },
    command: ["control", ...context.replicas.flatMap((pair) => ["--replicas", pair])],
    networks: [networks.mesh, networks.observe],
    volumes: [
      `control:${places.state}:z`,
      `people:${places.people}:z`,
      ...[...filledVolumes(context), ...storeVolumes(context)].map(
        (name) => `${name}:${places.volumes}/${name}:z`,
      ),
    ],
    healthcheck: healthCheck("node", "-e", isFresh),
    mem_limit: "256m",
  };
}

/** Fills a new shop as its first client, and ends. */
export function seedService(context: ComposeContext): ComposeService {
  return {
    ...peopleService(context, "seed"),
    restart: "on-failure",
  };
}

/** Commands for people: `docker compose run --rm theseus token`. */
export function commandsService(context: ComposeContext): ComposeService {
  return { profiles: ["commands"], ...peopleService(context, "--help"), restart: "no" };
}

/** Somebody who uses the shop from beside its edge, with the accounts of people. */
function peopleService({ version, edge }: ComposeContext, command: string): ComposeService {
  return {
    image: ownImage("control", version),
    command: [command],
    network_mode: `service:${edge.sidecar}`,
    volumes: [`people:${places.people}:z`],
    depends_on: after([edge.sidecar, "service_healthy"], [edge.application, "service_healthy"]),
    mem_limit: "128m",
  };
}

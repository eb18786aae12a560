import { workloadVariables } from "@theseus/runtime/system";
import { secretsVolume, storeName } from "../names.js";
import type { PairPlan } from "../pairs.js";
import { places } from "../places.js";
import type { ComposeContext } from "./context.js";
import { buildOf, ownImage } from "./images.js";
import { after, type ComposeService, healthCheck } from "./service.js";
import { storeReady } from "./store.js";

/** An application: it has no way to anything but its sidecar's socket and its own store. */
export function applicationService(context: ComposeContext, pair: PairPlan): ComposeService {
  const { workload, application, sidecar, sockets } = pair;
  const language = context.languageOf(workload, application);
  const isAlone = workload.store.kind === "none";
  const secrets = secretsVolume(workload);
  return {
    image: ownImage(`${workload.name}-${language}`, context.version),
    build: buildOf(language, context.folderOf(workload, language)),
    ...(isAlone ? { network_mode: "none" } : { networks: [storeName(workload)] }),
    environment: { ...variables(context, pair), LISTEN: `unix:${places.applicationSocket}`, LOG_LEVEL: null },
    volumes: [
      `${sockets}:${places.pair}:z`,
      ...(secrets === undefined ? [] : [`${secrets}:${places.secrets}:ro,z`]),
    ],
    depends_on: after(
      ["control", "service_healthy"],
      [sidecar, "service_started"],
      ...storeReady(workload),
      ...context.serviceInstances(workload).map((name) => [name, "service_healthy"] as const),
    ),
    healthcheck: workload.services.length > 0 ? grpcCheck : httpCheck,
    mem_limit: "384m",
  };
}

/** What the launch protocol hands over; null for what whoever runs compose may set. */
function variables({ topology }: ComposeContext, { workload }: PairPlan): Record<string, string | null> {
  const filled = workloadVariables(workload, {
    identity: topology.identity,
    secrets: places.secrets,
    env: {},
    storeUrl: places.storeUrl,
    standby: places.standby,
    sidecar: `unix:${places.outboundSocket}`,
    signingKeys: places.signingKeys,
  });
  const open = Object.entries(workload.variables).filter(([, { from }]) => from === "environment");
  return { ...filled, ...Object.fromEntries(open.map(([name]) => [name, null])) };
}

const grpcCheck = healthCheck("/probe", `-addr=unix://${places.applicationSocket}`, "-connect-timeout=2s");

const httpCheck = healthCheck(
  "node",
  "-e",
  [
    `require("node:http").get({ socketPath: "${places.applicationSocket}", path: "/healthz" },`,
    `({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on("error", () => process.exit(1))`,
  ].join(" "),
);

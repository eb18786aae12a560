import { identityPaths } from "@theseus/mesh/identity";
import { externalVariables, type SystemExternal } from "@theseus/runtime/system";
import { externalSecretsVolume } from "../names.js";
import { places, ports } from "../places.js";
import type { ComposeContext } from "./context.js";
import { buildOf, ownImage } from "./images.js";
import { after, type ComposeService, healthCheck } from "./service.js";
import { outsideNetwork } from "./sidecar.js";

/** A party outside the mesh, simulated by a container without a sidecar. */
export function externalService(context: ComposeContext, external: SystemExternal): ComposeService {
  const { name } = external;
  const language = context.languageOf(external, name);
  return {
    image: ownImage(`${name}-${language}`, context.version),
    build: buildOf(language, context.folderOf(external, language)),
    networks: [outsideNetwork(name)],
    environment: {
      ...externalVariables(external, {
        identity: context.topology.identity,
        secrets: places.secrets,
        env: {},
        data: places.data,
        certificate: identityPaths(places.secrets),
      }),
      LISTEN: `0.0.0.0:${ports.external}`,
      LOG_LEVEL: null,
    },
    volumes: [`${externalSecretsVolume(external)}:${places.secrets}:ro,z`, `${name}-data:${places.data}:z`],
    depends_on: after(["control", "service_healthy"]),
    healthcheck: healthCheck(
      "node",
      "-e",
      `require("node:net").connect(${ports.external}, "127.0.0.1").on("connect", () => process.exit(0)).on("error", () => process.exit(1))`,
    ),
    mem_limit: "256m",
  };
}

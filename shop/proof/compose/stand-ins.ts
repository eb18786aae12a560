import { fileURLToPath } from "node:url";
import type { Docker } from "../../src/compose/docker.js";

const folder = fileURLToPath(new URL("../../../proof/compose/stand-in", import.meta.url));

/** Images of stores that are made by others, as `docker-compose.yml` names them, and the variable that names another. */
const stores = [
  { kind: "mongodb", image: "mongo:8.0", variable: "THESEUS_MONGODB_IMAGE" },
  { kind: "redis", image: "redis:7.4", variable: "THESEUS_REDIS_IMAGE" },
] as const;

/** Other images that are made by others. */
const others = [
  ...["envoyproxy/envoy:v1.40.0", "node:24-bookworm-slim", "golang:1.26", "python:3.12-slim"],
  ...["maven:3.9-eclipse-temurin-21", "eclipse-temurin:21-jre"],
];

export interface Images {
  /** Official images for which this machine has a stand-in, by the label that marks one. */
  readonly standIns: readonly string[];
  /** Variables of `docker-compose.yml` that name what is used instead. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Where no image registry is reached, images of the official names can be stand-ins: those of the stores get what the
 * official ones have, and it is told which are none of the official.
 */
export async function findImages(docker: Docker): Promise<Images> {
  const standIns: string[] = [];
  const variables: Record<string, string> = {};
  for (const { kind, image, variable } of stores) {
    if (!(await isStandIn(docker, image))) continue;
    standIns.push(image);
    variables[variable] = `theseus/stand-in-${kind}:0`;
    const file = `${folder}/${kind}.Dockerfile`;
    await docker(
      "build",
      "--tag",
      variables[variable],
      "--build-arg",
      `IMAGE=${image}`,
      "--file",
      file,
      folder,
    );
  }
  for (const image of others) if (await isStandIn(docker, image)) standIns.push(image);
  return { standIns, variables };
}

async function isStandIn(docker: Docker, image: string): Promise<boolean> {
  const label = `{{index .Config.Labels "standin"}}`;
  const said = await docker("image", "inspect", "--format", label, image).catch(() => "");
  return said.trim() === "1";
}

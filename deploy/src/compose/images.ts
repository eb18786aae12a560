import type { ComposeBuild } from "./service.js";

/** Images that are made by others, in the releases that this is tested with; a variable names another source of each. */
export const images = {
  envoy: fromVariable("THESEUS_ENVOY_IMAGE", "envoyproxy/envoy:v1.40.0"),
  redis: fromVariable("THESEUS_REDIS_IMAGE", "redis:7.4"),
  mongodb: fromVariable("THESEUS_MONGODB_IMAGE", "mongo:8.0"),
  prometheus: fromVariable("THESEUS_PROMETHEUS_IMAGE", "prom/prometheus:v3.5.0"),
  grafana: fromVariable("THESEUS_GRAFANA_IMAGE", "grafana/grafana:12.2.0"),
} as const;

function fromVariable(name: string, image: string): string {
  return `\${${name}:-${image}}`;
}

/** An image that is built here: its name has the version, so that another checkout's is not taken for it. */
export function ownImage(name: string, version: string): string {
  return `theseus/${name}:${version}`;
}

/** How an implementation is built: one Dockerfile for each language, told the folder. */
export function buildOf(language: string, folder: string): ComposeBuild {
  return { context: ".", dockerfile: `deploy/docker/${language}.Dockerfile`, args: { FOLDER: folder } };
}

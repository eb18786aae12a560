import { existsSync } from "node:fs";
import { join } from "node:path";
import { languageVariable } from "@theseus/deploy/compose";
import { implementationsOf, isFreePort, servicesOf } from "@theseus/runtime/system";
import { topology } from "../topology.js";
import { type Docker, noDocker } from "./docker.js";
import { readVariables } from "./variables.js";

const oldestEngine = 28;
const oldestCompose = "2.30";
const leastMemoryBytes = 3 * 2 ** 30;

/** What stands in the way of `docker compose up`, each in one line that says what to do; nothing: it can start. */
export async function composeObstacles(
  docker: Docker,
  checkout: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> {
  const variables = readVariables(checkout, env);
  const engine = await ask(docker, "version", "--format", "{{.Server.Version}}");
  if (engine === undefined) return [engineMissing(await ask(docker, "--version"))];
  const [compose, memory, isOpen] = await Promise.all([
    ask(docker, "compose", "version", "--short"),
    ask(docker, "info", "--format", "{{.MemTotal}}"),
    ask(docker, "compose", "ps", "--quiet", "--status", "running", "gateway-1-envoy"),
  ]);
  const port = variables.THESEUS_PORT || "8080";
  return [
    ...engineFaults(engine),
    ...composeFaults(compose),
    ...memoryFaults(Number(memory)),
    ...(isOpen || (await isFreePort(Number(port)))
      ? []
      : [`Port ${port} is taken: free it, or set THESEUS_PORT.`]),
    ...servicesOf(topology).flatMap((service) => languageFaults(checkout, service, variables)),
  ];
}

function engineMissing(client: string | undefined): string {
  if (client === undefined) return noDocker().message;
  return "No Docker engine answers: start it (and see docker context ls); npm start needs none.";
}

function engineFaults(engine: string): readonly string[] {
  return Number.parseInt(engine, 10) >= oldestEngine
    ? []
    : [`Docker Engine ${engine} is too old: the networks need ${oldestEngine} or newer.`];
}

function composeFaults(version: string | undefined): readonly string[] {
  if (version === undefined) return ["docker compose is missing: install its plugin, 2.30 or newer."];
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > 2 || minor >= 30
    ? []
    : [`docker compose ${version} is too old: ${oldestCompose} or newer is needed.`];
}

function memoryFaults(bytes: number): readonly string[] {
  return bytes >= leastMemoryBytes
    ? []
    : [`The engine has ${(bytes / 2 ** 30).toFixed(1)} GiB of memory: give it 3 or more.`];
}

/** A language needs an implementation of the service and a Dockerfile. */
function languageFaults(
  checkout: string,
  service: string,
  variables: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const variable = languageVariable(service);
  const language = variables[variable];
  if (language === undefined || language === "") return [];
  const { implementations } = topology.workloads.find(({ name }) => name === service) ?? {
    implementations: "",
  };
  const known = implementationsOf(join(checkout, implementations));
  if (!known.includes(language)) return [`${variable}=${language}: there is ${known.join(", ")}.`];
  const dockerfile = `deploy/docker/${language}.Dockerfile`;
  return existsSync(join(checkout, dockerfile))
    ? []
    : [`${variable}=${language}: there is no ${dockerfile} yet; write one.`];
}

async function ask(docker: Docker, ...args: readonly string[]): Promise<string | undefined> {
  try {
    return (await docker(...args)).trim();
  } catch {
    return undefined;
  }
}

import { UsageFault } from "@theseus/runtime/control";
import { planSystem } from "@theseus/runtime/system";
import { composeObstacles } from "../compose/check.js";
import { dockerIn } from "../compose/docker.js";
import { writeComposeFile, writeOverride } from "../compose/files.js";
import { swapImplementation } from "../compose/swap.js";
import { topology } from "../topology.js";

export interface ComposeFlags {
  readonly replicas?: ReadonlyMap<string, number>;
  readonly impl?: ReadonlyMap<string, string>;
  readonly base?: true;
}

/** Writes the files that docker compose reads. */
export function compose(
  checkout: string,
  { replicas = new Map(), impl = new Map(), base }: ComposeFlags,
): number {
  const isChosen = replicas.size + impl.size > 0;
  if (base) {
    if (isChosen) throw new UsageFault("--base is the shop without choices.", "Leave the others out.");
    writeComposeFile(checkout);
    return 0;
  }
  // It refuses services and implementations that do not exist.
  planSystem(topology, { checkout, implementations: impl, replicas });
  writeOverride(checkout, { replicas, implementations: impl });
  console.log(isChosen ? written : removed);
  return 0;
}

const written =
  "docker-compose.override.yml is written.\n  docker compose up --detach --build --remove-orphans starts the shop so, or changes the one that runs.";
const removed = "Nothing is chosen: there is no docker-compose.override.yml (any more).";

/** Says what stands in the way of docker compose up. */
export async function checkCompose(checkout: string, env: NodeJS.ProcessEnv): Promise<number> {
  const obstacles = await composeObstacles(dockerIn(checkout, env), checkout, env);
  for (const obstacle of obstacles) console.error(obstacle);
  if (obstacles.length > 0) return 1;
  console.log("Nothing stands in the way: docker compose up --build");
  return 0;
}

export async function swapInCompose(
  checkout: string,
  env: NodeJS.ProcessEnv,
  service: string,
  { to }: { readonly to: string },
): Promise<number> {
  const report = (line: string) => console.log(line);
  await swapImplementation({ checkout, docker: dockerIn(checkout, env), service, to, report });
  console.log(`${service} is ${to} now; docker-compose.override.yml says so from now on.`);
  return 0;
}

import { join } from "node:path";
import { runToEnd } from "@theseus/testing";
import { checkout } from "./compose-file.js";

export const composePath = join(checkout, "docker-compose.yml");

/** Runs docker compose with docker-compose.yml and what is laid over it; no engine is needed to read files. */
export function dockerCompose(
  variables: Readonly<Record<string, string>>,
  overrides: readonly string[],
  ...args: readonly string[]
) {
  const { PATH, HOME } = process.env;
  const files = [composePath, ...overrides].flatMap((file) => ["--file", file]);
  const command = ["docker", "compose", "--project-directory", checkout, ...files, ...args] as const;
  return runToEnd(command, { env: { PATH, HOME, ...variables } });
}

/** Is there a docker compose? */
export async function hasCompose(): Promise<boolean> {
  const { code } = await dockerCompose({}, [], "version").catch(() => ({ code: 1 }));
  return code === 0;
}

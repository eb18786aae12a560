import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** The variables that compose sees: those of the environment, and below them those of the file `.env`. */
export function readVariables(
  checkout: string,
  env: NodeJS.ProcessEnv,
): Readonly<Record<string, string | undefined>> {
  const path = join(checkout, ".env");
  return { ...(existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {}), ...env };
}

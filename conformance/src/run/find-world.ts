import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { World } from "./world.js";

const FOLDER = new URL("../../worlds/", import.meta.url);

/** The services that can be tested: those with a folder in `worlds`. */
export function servicesWithWorlds(): readonly string[] {
  const entries = readdirSync(fileURLToPath(FOLDER), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** The world of one of `servicesWithWorlds`. */
export async function findWorld(service: string): Promise<World> {
  const { world } = (await import(new URL(`${service}/world.js`, FOLDER).href)) as { readonly world: World };
  return world;
}

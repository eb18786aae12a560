import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readComposeFile } from "../compose/compose-file.js";

/** The folders that the control plane finds in its container, and those of a second instance. */
export function makeVolumes(root: string): void {
  const mounted = readComposeFile().services.control?.volumes ?? [];
  const places = mounted.map((volume) => volume.split(":")[1] ?? "");
  for (const place of [...places, "/volumes/inventory-2-mesh"]) {
    mkdirSync(join(root, place), { recursive: true, mode: 0o700 });
  }
}

import { rename, writeFile } from "node:fs/promises";

/** Puts a dynamic file into place in one step, as Envoy's watch wants it. */
export async function putJson(path: string, content: unknown): Promise<void> {
  await writeFile(`${path}.draft`, JSON.stringify(content));
  await rename(`${path}.draft`, path);
}

import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with a short name (unix sockets need that), gone at the end. */
export async function scratchFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "ths-"));
  return {
    path,
    [Symbol.asyncDispose]: () =>
      process.env.KEEP ? Promise.resolve() : rm(path, { recursive: true, force: true }),
  };
}

/** Puts a dynamic file into place in one step, as Envoy's watch wants it. */
export async function putJson(path: string, content: unknown): Promise<void> {
  await writeFile(`${path}.draft`, JSON.stringify(content));
  await rename(`${path}.draft`, path);
}

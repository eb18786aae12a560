import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { findImplementation, type Implementation, readImplementation } from "@theseus/mesh/runtime";
import type { Mutant, Patch } from "./mutant.js";

/** A text that a patch looks for is not there exactly once: the mutant no longer fits the code. */
export class PatchError extends Error {}

/** A copy of an implementation with other code in it; gone with its disposal. */
export interface PatchedImplementation extends Disposable {
  readonly implementation: Implementation;
}

/**
 * Copies the compiled TypeScript implementation of a mutant's service, with the folders that it reads, below the
 * checkout, where its imports are found, and patches the copy.
 */
export function patchImplementation(
  checkout: string,
  { service, patches }: Pick<Mutant, "service" | "patches">,
): PatchedImplementation {
  const above = join(checkout, ".theseus");
  mkdirSync(above, { recursive: true, mode: 0o700 });
  const root = mkdtempSync(join(above, "mutant-"));
  try {
    const original = findImplementation(checkout, service, "typescript").folder;
    const copy = join(root, "services", service, "typescript");
    copyPackage(original, copy);
    const places = {
      service: join(copy, "dist", "src"),
      lua: join(root, "services", service, "lua"),
      kit: join(root, "node_modules", "@theseus", "kit", "dist", "src"),
    };
    const scripts = join(original, "..", "lua");
    if (existsSync(scripts)) cpSync(scripts, places.lua, { recursive: true });
    // What the copy does not have itself it finds in the checkout's own folder of packages.
    if (patches.some(({ in: file }) => file.startsWith("kit/"))) {
      copyPackage(join(checkout, "kit"), join(places.kit, "..", ".."));
    }
    for (const patch of patches) apply(patch, places);
    const implementation = readImplementation(join(copy, "implementation.json"));
    return { implementation, [Symbol.dispose]: () => remove(root) };
  } catch (error) {
    remove(root);
    throw error;
  }
}

function copyPackage(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of ["package.json", "implementation.json"])
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name));
  const runs = (path: string) => !/\.(d\.ts|map)$/.test(path);
  cpSync(join(from, "dist", "src"), join(to, "dist", "src"), { recursive: true, filter: runs });
  const own = join(from, "node_modules");
  if (existsSync(own)) symlinkSync(own, join(to, "node_modules"));
}

function apply({ in: file, find, put }: Patch, places: Readonly<Record<string, string>>): void {
  const [, place = "", name = ""] = /^([a-z]+)\/([a-z0-9.-]+)$/.exec(file) ?? [];
  const folder = places[place];
  if (folder === undefined || !existsSync(join(folder, name)))
    throw new PatchError(`there is no file ${file}`);
  const before = readFileSync(join(folder, name), "utf8");
  const found = [...before.matchAll(toPattern(find))];
  const [only] = found;
  if (only === undefined || found.length !== 1)
    throw new PatchError(`${file} has it ${found.length} times, not once: ${find}`);
  const after = before.slice(only.index + only[0].length);
  writeFileSync(join(folder, name), before.slice(0, only.index) + put + after);
}

/** Blanks and line ends are the compiler's affair: where the text has some, any others do. */
function toPattern(text: string): RegExp {
  const words = text.trim().split(/\s+/);
  return new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+"), "g");
}

function remove(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

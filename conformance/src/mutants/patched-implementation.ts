import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { findImplementation, type Implementation, readImplementation } from "@theseus/runtime";
import type { Mutant, Patch } from "./mutant.js";

/** A text that a patch looks for is not there exactly once: the mutant no longer fits the code. */
export class PatchError extends Error {}

/** A copy of an implementation with other code in it; gone with its disposal. */
export interface PatchedImplementation extends Disposable {
  readonly implementation: Implementation;
}

/** Packages that implementations share, by the name that patches have for them, and their folders in the checkout. */
const SHARED: ReadonlyMap<string, string> = new Map([
  ["kit", "kit"],
  ["mongo", "kit-mongo"],
]);

type Implemented = Pick<Mutant, "service" | "patches">;

/**
 * Copies the compiled TypeScript implementation of a mutant's service, with the folders that it reads, below the
 * checkout, where its imports are found, and patches the copy.
 */
export function patchImplementation(checkout: string, mutant: Implemented): PatchedImplementation {
  const texts = patchedTexts(checkout, mutant);
  const above = join(checkout, ".theseus");
  mkdirSync(above, { recursive: true, mode: 0o700 });
  const root = mkdtempSync(join(above, "mutant-"));
  const original = folderOf(checkout, mutant);
  const copy = join(root, "services", mutant.service, "typescript");
  const packages = join(root, "node_modules", "@theseus");
  copyPackage(original, copy);
  const scripts = join(original, "..", "lua");
  if (existsSync(scripts)) cpSync(scripts, join(copy, "..", "lua"), { recursive: true });
  // What the copy does not have itself it finds in the checkout's own folder of packages. Those that import each other
  // are copied together: two copies of one class are two classes.
  const shared = [...texts.keys()].some((file) => isShared(file));
  if (shared) for (const [name, folder] of SHARED) copyPackage(join(checkout, folder), join(packages, name));
  for (const [file, text] of texts)
    writeFileSync(
      placeOf(file, copy, (name) => join(packages, name)),
      text,
    );
  const implementation = readImplementation(join(copy, "implementation.json"));
  return { implementation, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

/** What the files of an implementation say once they are patched, by the names that patches have for them. */
export function patchedTexts(checkout: string, mutant: Implemented): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const patch of mutant.patches) {
    const path = placeOf(patch.in, folderOf(checkout, mutant), (name) =>
      join(checkout, SHARED.get(name) ?? name),
    );
    texts.set(patch.in, patched(texts.get(patch.in) ?? readFileSync(path, "utf8"), patch));
  }
  return texts;
}

function folderOf(checkout: string, { service }: Implemented): string {
  return findImplementation(checkout, service, "typescript").folder;
}

function isShared(file: string): boolean {
  return [...SHARED.keys()].some((name) => file.startsWith(`${name}/`));
}

/**
 * Where `service/saga.js`, `lua/sweep.lua`, `kit/health.js` or `mongo/mongo.js` lies: a bare name is looked for in all
 * folders below.
 */
function placeOf(file: string, implementation: string, folderOfPackage: (name: string) => string): string {
  const [, place = "", name = ""] = /^([a-z]+)\/([a-z0-9./-]+)$/.exec(file) ?? [];
  const folder = {
    service: join(implementation, "dist", "src"),
    lua: join(implementation, "..", "lua"),
    kit: join(folderOfPackage("kit"), "dist", "src"),
    mongo: join(folderOfPackage("mongo"), "dist", "src"),
  }[place];
  if (folder === undefined || !existsSync(folder)) throw new PatchError(`there is no file ${file}`);
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (path) => path === name || basename(path) === name,
  );
  const [only] = found;
  if (only === undefined) throw new PatchError(`there is no file ${file}`);
  if (found.length > 1) throw new PatchError(`${file} is several files: say which of ${found.join(", ")}`);
  return join(folder, only);
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

function patched(text: string, { in: file, find, put }: Patch): string {
  const found = [...text.matchAll(toPattern(find))];
  const [only] = found;
  if (only === undefined || found.length !== 1)
    throw new PatchError(`${file} has it ${found.length} times, not once: ${find}`);
  return text.slice(0, only.index) + put + text.slice(only.index + only[0].length);
}

/** The compiler decides on blanks and line ends: where the text has some, any others match. */
function toPattern(text: string): RegExp {
  const words = text.trim().split(/\s+/);
  return new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+"), "g");
}

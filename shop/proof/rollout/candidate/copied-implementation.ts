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
import { findImplementation } from "@theseus/runtime";
import { checkout } from "../../../test/system/shop.js";

/** A copy of an implementation; gone with its disposal. */
export interface CopiedImplementation extends Disposable {
  /** For `theseus swap --to`. */
  readonly folder: string;
}

/** A text in a file of compiled code, there once, and what replaces it. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/** Copies a service as compiled from TypeScript to a folder below the checkout, where its imports are found, and patches it. */
export function copyImplementation(service: string, patches: readonly Patch[] = []): CopiedImplementation {
  const above = join(checkout, ".theseus");
  mkdirSync(above, { recursive: true, mode: 0o700 });
  const root = mkdtempSync(join(above, "copy-"));
  const folder = join(root, "typescript");
  const { name, language, run, folder: original } = findImplementation(checkout, service, "typescript");
  for (const each of ["package.json", "dist/src"])
    cpSync(join(original, each), join(folder, each), { recursive: true });
  // Scripts that it shares with its other languages lie beside it.
  const scripts = join(original, "..", "lua");
  if (existsSync(scripts)) cpSync(scripts, join(root, "lua"), { recursive: true });
  const packages = join(original, "node_modules");
  if (existsSync(packages)) symlinkSync(packages, join(folder, "node_modules"));
  // Nothing of a copy is built.
  writeFileSync(join(folder, "implementation.json"), JSON.stringify({ name, language, run }));
  for (const each of patches) patch(folder, each);
  return { folder, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

function patch(folder: string, { file, find, put }: Patch): void {
  const path = join(folder, "dist/src", file);
  const parts = readFileSync(path, "utf8").split(find);
  if (parts.length !== 2) throw new Error(`${file} has it ${parts.length - 1} times, not once: ${find}`);
  writeFileSync(path, parts.join(put));
}

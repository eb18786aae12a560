import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findImplementation } from "@theseus/runtime";
import { checkout } from "../../../test/system/shop.js";

/** A copy of an implementation; gone with its disposal. */
export interface CopiedImplementation extends Disposable {
  /** For `theseus swap --to`. */
  readonly folder: string;
}

/** Copies the compiled payment in TypeScript to a folder below the checkout, where its imports are found. */
export function copyPayment(): CopiedImplementation {
  const above = join(checkout, ".theseus");
  mkdirSync(above, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(above, "copy-"));
  const { name, language, run, folder: original } = findImplementation(checkout, "payment", "typescript");
  for (const each of ["package.json", "dist/src"])
    cpSync(join(original, each), join(folder, each), { recursive: true });
  const packages = join(original, "node_modules");
  if (existsSync(packages)) symlinkSync(packages, join(folder, "node_modules"));
  // Nothing of a copy is built.
  writeFileSync(join(folder, "implementation.json"), JSON.stringify({ name, language, run }));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

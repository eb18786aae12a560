import { existsSync, lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A file, or a symbolic link as such. */
export interface ListedFile {
  /** From where it is looked at, with `/`. */
  readonly path: string;
  /** Where it lies. */
  readonly file: string;
}

/** What tools keep beside sources, and what is made anew of them at any moment. */
const skipped = ["node_modules", "__pycache__"];

/**
 * Files that patterns name, in the order of their paths: each is a path from the folder, of which the last name can have
 * `*`; a folder stands for all that is below it. `!name` leaves out whatever has a name that fits, at any depth. Hidden
 * files below a folder are left out, and so is what there is none of.
 */
export function listFiles(folder: string, patterns: readonly string[]): readonly ListedFile[] {
  const without = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  const isLeftOut = (name: string) => without.some((pattern) => fits(name, pattern));
  const listed = patterns
    .filter((pattern) => !pattern.startsWith("!"))
    .flatMap((pattern) => named(folder, pattern))
    .filter((path) => !isLeftOut(basename(path)))
    .flatMap((path) => below(folder, path, isLeftOut));
  const paths = [...new Set(listed)].sort();
  return paths.map((path) => ({ path, file: join(folder, path) }));
}

function named(folder: string, pattern: string): readonly string[] {
  if (!pattern.includes("*")) return existsSync(join(folder, pattern)) ? [pattern] : [];
  const above = dirname(pattern);
  if (!existsSync(join(folder, above))) return [];
  return readdirSync(join(folder, above))
    .filter((name) => isShown(name) && fits(name, basename(pattern)))
    .map((name) => (above === "." ? name : `${above}/${name}`));
}

function below(folder: string, path: string, isLeftOut: (name: string) => boolean): readonly string[] {
  if (!lstatSync(join(folder, path)).isDirectory()) return [path];
  return readdirSync(join(folder, path))
    .filter((name) => isShown(name) && !isLeftOut(name))
    .flatMap((name) => below(folder, `${path}/${name}`, isLeftOut));
}

function isShown(name: string): boolean {
  return !name.startsWith(".") && !skipped.includes(name);
}

function fits(name: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

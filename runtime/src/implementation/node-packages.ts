import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { type ListedFile, listFiles } from "./file-list.js";

/** A package that another one needs, and where Node.js finds it from a copy of that one. */
interface Package {
  readonly folder: string;
  /** In the copy. */
  readonly at: string;
}

const unneeded = ["!*.map", "!*.d.ts", "!*.d.mts", "!*.d.cts", "!*.md", "!test", "!tests"];

/**
 * Files of all packages that a package needs in order to run, as Node.js finds them: those beside it stay beside it, all others lie
 * in a `node_modules` above it. Of a package that is no copy in `node_modules` but is developed elsewhere it is what was built.
 *
 * @param at  where the package itself lies in the copy
 */
export function nodePackages(folder: string, at: string): readonly ListedFile[] {
  if (!existsSync(join(folder, "package.json"))) return [];
  const found = new Map<string, Package>();
  collect({ folder: realpathSync(folder), at }, found);
  found.delete(realpathSync(folder));
  return [...found.values()].flatMap((each) => filesOf(each));
}

function collect(one: Package, found: Map<string, Package>): void {
  if (found.has(one.folder)) return;
  found.set(one.folder, one);
  for (const name of needsOf(one.folder)) {
    const place = find(one.folder, name);
    if (place === undefined) continue;
    const owner = found.get(place);
    const above = owner === undefined ? "" : `${owner.at}/`;
    collect(
      { folder: realpathSync(join(place, "node_modules", name)), at: `${above}node_modules/${name}` },
      found,
    );
  }
}

/** What it says that it consists of, as it would be published. */
function builtOf(folder: string): readonly string[] {
  return readPackage(folder).files ?? ["dist"];
}

function needsOf(folder: string): readonly string[] {
  const { dependencies, optionalDependencies, peerDependencies } = readPackage(folder);
  return Object.keys({ ...peerDependencies, ...optionalDependencies, ...dependencies }).sort();
}

interface PackageFile {
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function readPackage(folder: string): PackageFile {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageFile;
}

/** The nearest folder above whose `node_modules` has it. One for another platform may be missing. */
function find(folder: string, name: string): string | undefined {
  if (existsSync(join(folder, "node_modules", name, "package.json"))) return folder;
  return dirname(folder) === folder ? undefined : find(dirname(folder), name);
}

function filesOf({ folder, at }: Package): readonly ListedFile[] {
  const isCopy = folder.includes(`${sep}node_modules${sep}`);
  const files = isCopy ? ["*"] : ["package.json", ...builtOf(folder)];
  return listFiles(folder, [...files, ...unneeded]).map(({ path, file }) => ({
    path: `${at}/${path}`,
    file,
  }));
}

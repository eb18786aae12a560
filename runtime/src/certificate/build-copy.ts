import {
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { contentHash, copiedFolder, runFiles } from "../implementation/content-hash.js";
import type { ListedFile } from "../implementation/file-list.js";
import type { MadeFile } from "../implementation/hash-files.js";
import { fileName, type Implementation, readImplementation } from "../implementation/implementation.js";

/** All that runs of an implementation, in a folder that is named by its hash: nobody builds there. */
export interface BuildCopy {
  readonly implementation: Implementation;
  readonly contentHash: string;
}

/** Holds the folder that a copy was made of. */
const originFile = "origin";

/** Copies what was built into the folder of copies, unless it is there already as it was built. */
export function copyBuild(folder: string, implementation: Implementation): BuildCopy {
  const hash = contentHash(implementation);
  const place = join(folder, hash);
  if (hashOf(place) !== hash) putCopy(folder, place, runFiles(implementation));
  writeFileSync(join(place, originFile), implementation.folder);
  return { implementation: readCopy(place), contentHash: hash };
}

/** What was copied under a hash, as it lies there now. */
export function findCopy(folder: string, hash: string): Implementation | undefined {
  const place = join(folder, hash);
  return existsSync(join(place, copiedFolder, fileName)) ? readCopy(place) : undefined;
}

/** Where the sources of what lies in a copy are; of what is no copy, its own folder. */
export function originOf({ folder }: Pick<Implementation, "folder">): string {
  const file = join(dirname(folder), originFile);
  return basename(folder) === copiedFolder && existsSync(file) ? readFileSync(file, "utf8") : folder;
}

/** Removes the copies that were made longest ago and that nobody needs, but for a few. */
export function removeOldCopies(folder: string, needed: readonly string[], spare = 4): void {
  if (!existsSync(folder)) return;
  const madeAt = (name: string) => statSync(join(folder, name)).mtimeMs;
  const unneeded = readdirSync(folder)
    .filter((name) => !needed.includes(name))
    .sort((a, b) => madeAt(b) - madeAt(a));
  for (const name of unneeded.slice(spare)) rmSync(join(folder, name), { recursive: true, force: true });
}

function hashOf(place: string): string | undefined {
  return existsSync(join(place, copiedFolder, fileName)) ? contentHash(readCopy(place)) : undefined;
}

function readCopy(place: string): Implementation {
  return readImplementation(join(place, copiedFolder, fileName));
}

/** Whole or not at all. What runs from one that was changed keeps its files open. */
function putCopy(folder: string, place: string, files: readonly (ListedFile | MadeFile)[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = mkdtempSync(join(folder, "new-"));
  try {
    for (const each of files) copy(each, join(draft, each.path));
    const changed = `${draft}-old`;
    if (existsSync(place)) renameSync(place, changed);
    renameSync(draft, place);
    rmSync(changed, { recursive: true, force: true });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function copy(each: ListedFile | MadeFile, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if ("content" in each) writeFileSync(to, each.content);
  else if (lstatSync(each.file).isSymbolicLink()) symlinkSync(readlinkSync(each.file), to);
  else copyFile(each.file, to);
}

function copyFile(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
  // What is made beforehand of a file, such as an archive of its classes, counts only for a file of that time.
  const { atime, mtime } = statSync(from);
  utimesSync(to, atime, mtime);
}

import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import {
  constants,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readlink,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
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
export async function copyBuild(folder: string, implementation: Implementation): Promise<BuildCopy> {
  const hash = await contentHash(implementation);
  const place = join(folder, hash);
  if ((await hashOf(place)) !== hash) await putCopy(folder, place, runFiles(implementation));
  await writeFile(join(place, originFile), implementation.folder);
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

async function hashOf(place: string): Promise<string | undefined> {
  return existsSync(join(place, copiedFolder, fileName)) ? contentHash(readCopy(place)) : undefined;
}

function readCopy(place: string): Implementation {
  return readImplementation(join(place, copiedFolder, fileName));
}

/** Whole or not at all. What runs from one that was changed keeps its files open. */
async function putCopy(
  folder: string,
  place: string,
  files: readonly (ListedFile | MadeFile)[],
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = await mkdtemp(join(folder, "new-"));
  const changed = `${draft}-old`;
  try {
    for (const each of files) await copy(each, join(draft, each.path));
    if (existsSync(place)) await rename(place, changed);
    await rename(draft, place);
  } finally {
    for (const left of [draft, changed]) await rm(left, { recursive: true, force: true });
  }
}

async function copy(each: ListedFile | MadeFile, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if ("content" in each) return writeFile(to, each.content);
  const stat = await lstat(each.file);
  if (stat.isSymbolicLink()) return symlink(await readlink(each.file), to);
  await copyFile(each.file, to, constants.COPYFILE_FICLONE);
  // What is made beforehand of a file, such as an archive of its classes, counts only for a file of that time.
  await utimes(to, stat.atime, stat.mtime);
}

import { createHash } from "node:crypto";
import { lstat, readFile, readlink } from "node:fs/promises";
import type { ListedFile } from "./file-list.js";

/** A file that is written anew in each copy. */
export interface MadeFile {
  readonly path: string;
  readonly content: string;
}

/** SHA-256 over names and contents of files and over which can be run, in hexadecimal; times and owners do not count. */
export async function hashFiles(files: readonly (ListedFile | MadeFile)[]): Promise<string> {
  const hash = createHash("sha256");
  for (const each of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const { kind, content } = await read(each);
    hash.update(`${each.path}\0${kind}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

interface Read {
  readonly kind: "link" | "program" | "file";
  readonly content: Buffer;
}

async function read(each: ListedFile | MadeFile): Promise<Read> {
  if ("content" in each) return { kind: "file", content: Buffer.from(each.content) };
  const stat = await lstat(each.file);
  if (stat.isSymbolicLink()) return { kind: "link", content: Buffer.from(await readlink(each.file)) };
  return { kind: (stat.mode & 0o100) === 0 ? "file" : "program", content: await readFile(each.file) };
}

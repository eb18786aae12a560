import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import type { ListedFile } from "./file-list.js";

/** A file that is written anew in each copy. */
export interface MadeFile {
  readonly path: string;
  readonly content: string;
}

/** SHA-256 over names and contents of files and over which can be run, in hexadecimal; times and owners do not count. */
export function hashFiles(files: readonly (ListedFile | MadeFile)[]): string {
  const hash = createHash("sha256");
  for (const each of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const { kind, content } = read(each);
    hash.update(`${each.path}\0${kind}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

interface Read {
  readonly kind: "link" | "program" | "file";
  readonly content: Buffer;
}

function read(each: ListedFile | MadeFile): Read {
  if ("content" in each) return { kind: "file", content: Buffer.from(each.content) };
  const stat = lstatSync(each.file);
  if (stat.isSymbolicLink()) return { kind: "link", content: Buffer.from(readlinkSync(each.file)) };
  return { kind: (stat.mode & 0o100) === 0 ? "file" : "program", content: readFileSync(each.file) };
}

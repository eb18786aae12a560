import { randomUUID } from "node:crypto";
import { chmod, link, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** A file or folder with secrets that others may read. */
export class ExposedFileError extends Error {
  override readonly name = "ExposedFileError";
  constructor(readonly path: string) {
    super(`${path} can be read by others; take their rights away (chmod go-rwx) or remove it`);
  }
}

/** Makes a folder that only its owner may enter. */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}

export async function assertPrivate(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) throw new ExposedFileError(path);
}

/** Writes a private file whole: a reader finds the old content or the new, never a part. */
export async function replacePrivateFile(path: string, content: string): Promise<void> {
  const draft = await writeDraft(path, content);
  await rename(draft, path);
}

/** Writes a private file unless there is one; false when somebody else was first. */
export async function createPrivateFile(path: string, content: string): Promise<boolean> {
  const draft = await writeDraft(path, content);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

async function writeDraft(path: string, content: string): Promise<string> {
  await ensurePrivateFolder(dirname(path));
  const draft = `${path}.${randomUUID()}.draft`;
  await writeFile(draft, content, { mode: 0o600, flag: "wx" });
  return draft;
}

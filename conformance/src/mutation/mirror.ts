import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One file of a folder that is to have other content. */
interface Replacement {
  /** Below `within`. */
  readonly replaces: string;
  readonly content: Buffer;
  /** The entry of the folder that is copied whole. */
  readonly within: string;
}

/** Makes `copy` look like `folder`, with links to all that does not change. */
export function mirror(folder: string, copy: string, { replaces, content, within }: Replacement): void {
  mkdirSync(copy, { recursive: true });
  for (const name of readdirSync(folder)) {
    const [from, to] = [join(folder, name), join(copy, name)];
    if (name === within) cpSync(from, to, { recursive: true, preserveTimestamps: true });
    else symlinkSync(from, to);
  }
  writeFileSync(join(copy, replaces), content);
}

import { fileURLToPath } from "node:url";

/**
 * The command line as it can be run in any folder. `npx theseus` finds it in the checkout alone: elsewhere npx fetches a
 * package of that name, which is somebody else's.
 */
export const ownCommand = `node ${quote(fileURLToPath(new URL("../../../bin/theseus.mjs", import.meta.url)))}`;

/** A word for a shell, in quotes where it needs them. */
export function quote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

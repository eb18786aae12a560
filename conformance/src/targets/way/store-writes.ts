import type { CuttableLink } from "@theseus/testing";

/** A message of MongoDB's protocol begins with so many bytes before the first element of its command. */
const HEADER_BYTES = 25;
const WRITING = ["insert", "update", "delete", "findAndModify"];
/** In BSON: a text named `w`, its length, its bytes and a zero; a true named `j`. */
const MAJORITY = "\x02w\0\x09\0\0\0majority\0";
const JOURNAL = "\x08j\0\x01";

export interface StoreWrite {
  /** Such as `insert`. */
  readonly command: string;
  /** Whether it waits for a majority and for the journal, so that a crash of the store cannot undo it. */
  readonly isDurable: boolean;
}

/**
 * Gives the writing commands that have gone to a store by MongoDB's protocol over a link. Sees those that come in one
 * piece, as all but large ones do.
 */
export function writesOver(link: CuttableLink): () => readonly StoreWrite[] {
  const writes: StoreWrite[] = [];
  link.onSent((bytes) => {
    const begin = bytes.toString("latin1", HEADER_BYTES, HEADER_BYTES + 20);
    const command = WRITING.find((name) => begin.startsWith(`\x02${name}\0`));
    if (command !== undefined)
      writes.push({ command, isDurable: bytes.includes(MAJORITY) && bytes.includes(JOURNAL) });
  });
  return () => writes;
}

import type { CuttableLink } from "@theseus/testing";

const COLLECTIONS = ["payments", "payment_events"] as const;

/**
 * Gives what was looked for over a link to the store since it was asked last, in order: a payment, events, or a
 * refund by its request id.
 */
export function readsOver(link: CuttableLink): () => readonly string[] {
  let reads: string[] = [];
  link.onSent((bytes) => {
    for (const collection of COLLECTIONS)
      if (bytes.includes(findIn(collection)))
        reads.push(bytes.includes("refund_request_id") ? "refund" : collection);
  });
  return () => {
    const seen = reads;
    reads = [];
    return seen;
  };
}

/** The beginning of the command, in BSON: a text named `find`, its length, its bytes and a zero. */
function findIn(collection: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(collection.length + 1);
  return Buffer.concat([Buffer.from("\x02find\0"), length, Buffer.from(`${collection}\0`)]);
}

/** gRPC's length-prefixed messages, as they come in pieces. */
export class Deframer {
  #rest = Buffer.alloc(0);

  /** The messages that are complete now. */
  *push(chunk: Buffer): Iterable<Buffer> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= PREFIX_BYTES) {
      const end = PREFIX_BYTES + this.#rest.readUInt32BE(1);
      if (this.#rest.length < end) return;
      yield this.#rest.subarray(PREFIX_BYTES, end);
      this.#rest = this.#rest.subarray(end);
    }
  }
}

const PREFIX_BYTES = 5;

export function frame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

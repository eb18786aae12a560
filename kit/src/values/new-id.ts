import { randomBytes } from "node:crypto";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 20;
/** Bytes from here on are skipped: they would make the first letters of the alphabet likelier than the rest. */
const FAIR = 256 - (256 % ALPHABET.length);

/** A new id for a resource: 20 characters of `[a-z0-9]`, 103 bits of the system's randomness. */
export function newId(): string {
  let id = "";
  while (id.length < LENGTH) {
    for (const byte of randomBytes(LENGTH)) {
      if (byte < FAIR && id.length < LENGTH) id += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return id;
}

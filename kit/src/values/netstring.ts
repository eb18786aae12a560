/** `<length in bytes>:<utf-8>,` for each part: no two lists of parts have the same encoding. */
export function encodeNetstrings(parts: readonly string[]): Buffer {
  return Buffer.from(parts.map((part) => `${Buffer.byteLength(part)}:${part},`).join(""));
}

/** The parts again, or undefined when the bytes are not exactly a list of netstrings in UTF-8. */
export function decodeNetstrings(bytes: Buffer): string[] | undefined {
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const colon = bytes.indexOf(":", at);
    const digits = colon < 0 ? "" : bytes.toString("latin1", at, colon);
    if (!/^(0|[1-9][0-9]{0,6})$/.test(digits)) return undefined;
    const end = colon + 1 + Number(digits);
    if (bytes[end] !== 0x2c) return undefined;
    parts.push(bytes.toString("utf8", colon + 1, end));
    at = end + 1;
  }
  return encodeNetstrings(parts).equals(bytes) ? parts : undefined;
}

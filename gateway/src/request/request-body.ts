import type { IncomingMessage } from "node:http";
import { GatewayError } from "../errors/gateway-error.js";

const NEWLINE = 0x0a;

/** The most bytes of JSON for a request message: field names, quotes and escapes make it longer than Protobuf. */
export function jsonLimit(maxRequestBytes: number, maxBodyBytes: number): number {
  return Math.min(maxBodyBytes, maxRequestBytes * 4 + 1024);
}

/**
 * The whole body; empty when there is none. Throws REQUEST_TOO_LARGE as soon as it is known to be above `limit`, and
 * DEADLINE_EXCEEDED when it is not there after `timeoutMs`.
 */
export async function readBody(request: IncomingMessage, limit: number, timeoutMs: number): Promise<Buffer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate()), timeoutMs);
  });
  return Promise.race([readAll(request, limit), late]).finally(() => clearTimeout(timer));
}

async function readAll(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge("the body", limit);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(request)) {
    size += chunk.length;
    if (size > limit) throw tooLarge("the body", limit);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
}

/** One line of a body, without its end. */
export interface Line {
  readonly number: number;
  readonly bytes: Buffer;
}

/** The lines that are not empty, each as soon as it is there. Reads no faster than they are taken. */
export async function* readLines(
  request: IncomingMessage,
  limit: number,
): AsyncGenerator<Line, void, undefined> {
  let pending: Buffer[] = [];
  let size = 0;
  let number = 0;
  const take = (last: Buffer): Line | undefined => {
    const bytes = trimEnd(Buffer.concat([...pending, last]));
    pending = [];
    size = 0;
    number += 1;
    return bytes.length > 0 ? { number, bytes } : undefined;
  };
  for await (const chunk of chunksOf(request)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (size + end - start > limit) throw tooLarge(`line ${number + 1}`, limit);
      const line = take(chunk.subarray(start, end));
      if (line) yield line;
      start = end + 1;
    }
    size += chunk.length - start;
    if (size > limit) throw tooLarge(`line ${number + 1}`, limit);
    pending.push(chunk.subarray(start));
  }
  const line = take(Buffer.alloc(0));
  if (line) yield line;
}

/** Leaving the loop early must not destroy the request: the answer goes over its socket. */
function chunksOf(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false });
}

function trimEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0d || bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end -= 1;
  return bytes.subarray(0, end);
}

function tooLarge(what: string, limit: number): GatewayError {
  return new GatewayError("REQUEST_TOO_LARGE", `${what} is larger than ${limit} bytes`);
}

function tooLate(): GatewayError {
  return new GatewayError("DEADLINE_EXCEEDED", "the body did not arrive in time", { httpStatus: 408 });
}

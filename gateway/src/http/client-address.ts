import type { IncomingMessage } from "node:http";

/**
 * Who a request comes from: the other end of its connection. A unix socket has no address there: what calls over it is a
 * proxy of this machine, which appends its own caller's address to `X-Forwarded-For`. What stands before that is the
 * client's word, and counts for nothing.
 */
export function clientAddress({ headers, socket }: IncomingMessage): string {
  const forwarded = String(headers["x-forwarded-for"] ?? "");
  return socket.remoteAddress ?? forwarded.split(",").at(-1)?.trim() ?? "";
}

import type { IncomingMessage } from "node:http";
import { GatewayError } from "../errors/gateway-error.js";
import { parseJsonBytes } from "../json/json-codec.js";
import type { RequestBinder } from "./request-binder.js";
import { type Line, readLines } from "./request-body.js";

/** The message of each line of a body, in Protobuf, as it arrives. Throws for a line that is none, and names it. */
export async function* readMessages(
  request: IncomingMessage,
  binder: RequestBinder,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const line of readLines(request, limit)) yield toMessage(line, binder);
}

function toMessage(line: Line, binder: RequestBinder): Uint8Array {
  const where = `line ${line.number}`;
  try {
    return binder.bytes(binder.message(parseJsonBytes(line.bytes, where)));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const message = error.message.startsWith(where) ? error.message : `${where}: ${error.message}`;
    throw new GatewayError(error.reason, message, { ...error, metadata: { line: String(line.number) } });
  }
}

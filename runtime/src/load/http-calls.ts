import { Agent } from "node:http";
import { localRequest } from "../pair/local-http.js";
import { brokenBy, reasonIn } from "./reasons.js";

export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
  /** Of a call that may be repeated without harm. */
  readonly key?: string;
  /** The address of this machine from which it comes. */
  readonly from?: string;
}

export interface HttpReply {
  /** 0 without an answer. */
  readonly status: number;
  /** Of a refusal, as google.rpc.ErrorInfo has it; without an answer how it broke; else empty. */
  readonly reason: string;
  readonly body: unknown;
}

export interface HttpCalls extends Disposable {
  /** Asks once, and never rejects. */
  readonly ask: (call: HttpCall) => Promise<HttpReply>;
}

/** Above every method's own time. */
const patienceMs = 15_000;
/** A connection that was idle for so long is not used again: the other side may be about to close it. */
const idleMs = 4_000;

/** Calls to a port of this machine, over connections that are kept. */
export function openHttpCalls(port: number): HttpCalls {
  const agent = new Agent({ keepAlive: true, timeout: idleMs });
  const ask = async ({ body, token, key, from, ...call }: HttpCall): Promise<HttpReply> => {
    const headers = {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(key !== undefined && { "idempotency-key": key }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    try {
      const { status, body: text } = await localRequest({
        ...{ at: { port }, ...call, headers, agent, timeoutMs: patienceMs },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(from !== undefined && { from }),
      });
      const said = parse(text);
      return { status, reason: status < 300 ? "" : reasonIn(said), body: said };
    } catch (error) {
      return { status: 0, reason: brokenBy(error), body: undefined };
    }
  };
  return { ask, [Symbol.dispose]: () => agent.destroy() };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

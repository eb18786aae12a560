import type { Client } from "@grpc/grpc-js";
import { GatewayError } from "../errors/gateway-error.js";

/** Calls at a time on one connection: fewer streams than servers usually allow, so that none waits for another's end. */
const CALLS_PER_CONNECTION = 100;

export interface ConnectionPoolOptions {
  readonly connect: () => Client;
  /** Calls at a time on all connections together. Default: as many as there are. */
  readonly maxCalls?: number;
}

/** A call's place on a connection, to be given back when the call has ended. */
export interface Place {
  readonly client: Client;
  /** Giving it back twice does nothing. */
  giveBack(): void;
}

/** Connections that are opened as calls need them. */
export interface ConnectionPool extends Disposable {
  /** Throws RATE_LIMITED when no more calls are allowed. */
  take(): Place;
  /** A connection that is always there. */
  readonly first: Client;
}

interface Connection {
  readonly client: Client;
  calls: number;
}

/** Fills the connections in their order, so that those that are not needed become idle and are closed. */
export function createConnectionPool({
  connect,
  maxCalls = Number.POSITIVE_INFINITY,
}: ConnectionPoolOptions): ConnectionPool {
  const first: Connection = { client: connect(), calls: 0 };
  const connections = [first];
  let calls = 0;

  function place(): Connection {
    const free = connections.find((each) => each.calls < CALLS_PER_CONNECTION);
    if (free) return free;
    const another = { client: connect(), calls: 0 };
    connections.push(another);
    return another;
  }

  return {
    first: first.client,
    take: () => {
      if (calls >= maxCalls) throw tooMany();
      const connection = place();
      let held = true;
      connection.calls++;
      calls++;
      return {
        client: connection.client,
        giveBack: () => {
          if (!held) return;
          held = false;
          connection.calls--;
          calls--;
        },
      };
    },
    [Symbol.dispose]: () => {
      for (const { client } of connections) client.close();
    },
  };
}

function tooMany(): GatewayError {
  return new GatewayError("RATE_LIMITED", "too many calls at a time", { retryAfterMs: 1000 });
}

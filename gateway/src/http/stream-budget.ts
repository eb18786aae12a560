import { GatewayError } from "../errors/gateway-error.js";

/** How many streams there may be at a time. */
export interface StreamLimits {
  readonly maxStreams: number;
  readonly maxStreamsPerClient: number;
}

/** Places for calls that may stay open: who holds many leaves room for others. */
export interface StreamBudget {
  /** Takes a place until it is disposed of. Throws RATE_LIMITED when the client has its share, or when all are taken. */
  enter(client: string): Disposable;
}

export function createStreamBudget({ maxStreams, maxStreamsPerClient }: StreamLimits): StreamBudget {
  const held = new Map<string, number>();
  let all = 0;

  function change(client: string, by: 1 | -1): void {
    const count = (held.get(client) ?? 0) + by;
    all += by;
    if (count > 0) held.set(client, count);
    else held.delete(client);
  }

  return {
    enter: (client) => {
      if ((held.get(client) ?? 0) >= maxStreamsPerClient) throw tooMany("from this address");
      if (all >= maxStreams) throw tooMany("in all");
      change(client, 1);
      return { [Symbol.dispose]: () => change(client, -1) };
    },
  };
}

function tooMany(where: string): GatewayError {
  return new GatewayError("RATE_LIMITED", `too many streams are open ${where}`, { retryAfterMs: 1000 });
}

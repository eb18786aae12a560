import { eventually, type Signal } from "@theseus/testing";

/** A foreign receiver of OTLP over HTTP, and where it can be asked by Jaeger's API. */
export interface TraceBackend {
  readonly receiver: string;
  readonly query: string;
}

/** Tells a back end what a collector was told, byte for byte, and asks it. */
export interface Forwarder {
  /** Only spans: the back end keeps nothing else. */
  forward(signal: Signal, bytes: Buffer): void;
  /** Resolves when all of it is answered. */
  settled(): Promise<void>;
  /** How many spans the back end shows of a trace, as soon as they are as many as wanted, or after a while. */
  spansOf(trace: string, wanted: number): Promise<number>;
  /** What it has not taken. */
  readonly faults: readonly string[];
}

const shownMs = 20_000;

export function createForwarder({ receiver, query }: TraceBackend): Forwarder {
  const underWay = new Set<Promise<void>>();
  const faults: string[] = [];

  async function send(bytes: Buffer): Promise<void> {
    const response = await fetch(new URL("/v1/traces", receiver), {
      method: "POST",
      headers: { "content-type": "application/x-protobuf" },
      body: new Uint8Array(bytes),
    });
    if (!response.ok) faults.push(`the back end answered ${response.status} ${await response.text()}`);
  }

  async function count(trace: string): Promise<number> {
    const response = await fetch(new URL(`/api/traces/${trace}`, query));
    if (!response.ok) return 0;
    const { data = [] } = (await response.json()) as {
      readonly data?: readonly { readonly spans: readonly unknown[] }[];
    };
    return data.reduce((sum, { spans }) => sum + spans.length, 0);
  }

  return {
    faults,
    forward(signal, bytes) {
      if (signal !== "traces") return;
      const sending = send(bytes)
        .catch((error: unknown) => void faults.push(`the back end takes nothing: ${String(error)}`))
        .finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    settled: async () => void (await Promise.all(underWay)),
    async spansOf(trace, wanted) {
      let shown = 0;
      const isThere = async () => {
        shown = await count(trace);
        return shown === wanted;
      };
      await eventually(trace, isThere, { withinMs: shownMs, everyMs: 1_000 }).catch(() => {});
      return shown;
    },
  };
}

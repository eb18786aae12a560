import { setTimeout as sleep } from "node:timers/promises";
import type { Metadata, ServiceError } from "@grpc/grpc-js";
import { type Contract, methodPath } from "@theseus/kit/contract";
import type { Value } from "../cases/value.js";
import { type Refusal, toFields, toRefusal } from "../contract/answer.js";
import { Scope } from "../expectations/scope.js";
import { callMetadata } from "../steps/principal.js";
import { Connection, encode } from "../targets/connection.js";
import type { PlannedCall } from "./generate/planned-call.js";
import { Pairs } from "./pairs.js";

/** What came of a call: messages, and how it ended. A watch that goes on has not ended. */
export interface Answer {
  readonly messages: readonly Value[];
  readonly refusal?: Refusal;
  readonly goesOn?: boolean;
}

/** A call under way. */
export interface Underway {
  /** Messages so far. */
  readonly count: number;
  readonly isOver: boolean;
  readonly ended: Promise<unknown>;
  /** A stream of answers, which need not end. */
  readonly isStream: boolean;
  /** Ends what has not ended, and tells what came. */
  settle(): Answer;
}

/** A request that cannot be written, or that takes what no answer has given. */
export class UnmakeableCall extends Error {}

const DEADLINE_MS = 20_000;

/** One of the two that are compared: the addresses to which its calls go in turn, and its variables. */
export class Side implements Disposable {
  readonly #connections: readonly Connection[];
  scope = new Scope();
  /** With the other side, of all that their two stores have. */
  readonly pairs = new Pairs();

  constructor(
    readonly contract: Contract,
    readonly label: string,
    addresses: readonly string[],
  ) {
    this.#connections = addresses.map((address) => new Connection(address));
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection[Symbol.dispose]();
  }

  /**
   * Makes a call; `turn` says which of the addresses has it.
   * @throws UnmakeableCall
   */
  start(call: PlannedCall, turn: number): Underway {
    const connection = this.#connections[turn % this.#connections.length] as Connection;
    const requests = this.#encode(call);
    const request = { metadata: this.#metadata(call), deadlineMs: DEADLINE_MS };
    const whole = Buffer.concat([requests[0] ?? Buffer.alloc(0), Buffer.from(call.bytes, "hex")]);
    switch (call.method.methodKind) {
      case "unary":
        return this.#single(call, connection.unary(methodPath(call.method), whole, request));
      case "client_streaming":
        return this.#single(call, connection.upload(call.method, requests, request));
      case "server_streaming":
        return this.#stream(call, connection.download(call.method, whole, request));
      case "bidi_streaming": {
        const stream = connection.converse(call.method, request);
        const underway = this.#stream(call, stream);
        for (const each of requests) stream.write(each);
        stream.end();
        return underway;
      }
    }
  }

  #encode({ method, requests }: PlannedCall): readonly Buffer[] {
    try {
      return requests.map((each) => encode(this.contract, method, this.scope.fill(each)));
    } catch (cause) {
      throw new UnmakeableCall(`a request of ${method.name}: ${String(cause)}`, { cause });
    }
  }

  #metadata({ as, metadata }: PlannedCall): Metadata {
    const made = callMetadata({ as }, this.scope);
    for (const [key, value] of Object.entries(metadata)) {
      made.remove(key);
      for (const text of typeof value === "string" ? [value] : value) made.add(key, text);
    }
    return made;
  }

  #single(call: PlannedCall, result: Promise<Buffer | ServiceError>): Underway {
    let answer: Answer | undefined;
    const ended = result.then((came) => {
      answer = Buffer.isBuffer(came)
        ? { messages: [this.#read(call, came)] }
        : { messages: [], refusal: toRefusal(came) };
    });
    return {
      ended,
      isStream: false,
      get count() {
        return answer === undefined ? 0 : 1;
      },
      get isOver() {
        return answer !== undefined;
      },
      settle: () => answer ?? { messages: [], goesOn: true },
    };
  }

  #stream(call: PlannedCall, stream: NodeJS.EventEmitter & { cancel(): void }): Underway {
    const messages: Value[] = [];
    let refusal: Refusal | undefined;
    let isOver = false;
    stream.on("data", (bytes: Buffer) => messages.push(this.#read(call, bytes)));
    stream.on("error", (error: ServiceError) => {
      refusal ??= toRefusal(error);
    });
    const ended = new Promise<void>((resolve) => {
      stream.on("status", () => {
        // The error event of the same end comes in the same turn.
        setImmediate(() => {
          isOver = true;
          resolve();
        });
      });
    });
    return {
      ended,
      isStream: true,
      get count() {
        return messages.length;
      },
      get isOver() {
        return isOver;
      },
      settle() {
        const answer = { messages: [...messages], ...(isOver ? refusal && { refusal } : { goesOn: true }) };
        if (!isOver) stream.cancel();
        return answer;
      },
    };
  }

  #read({ method }: PlannedCall, bytes: Buffer): Value {
    try {
      return toFields(this.contract, method, bytes);
    } catch {
      return { unreadable: bytes.toString("hex") };
    }
  }
}

/** A watch is quiet when so long nothing has come, and both have told the same number of messages. */
const QUIET_MS = 60;
/** One that has told more than the other waits so long for the other. */
const PATIENCE_MS = 2000;

/** Waits until both have ended, or neither has anything more to tell. */
export async function untilQuiet(calls: readonly [Underway, Underway]): Promise<void> {
  const [a, b] = calls;
  if (!a.isStream) {
    await Promise.all([a.ended, b.ended]);
    return;
  }
  let seen = "";
  let since = performance.now();
  for (;;) {
    if (a.isOver && b.isOver) return;
    const now = `${a.count} ${b.count} ${a.isOver} ${b.isOver}`;
    if (now !== seen) [seen, since] = [now, performance.now()];
    const alike = a.count === b.count && a.isOver === b.isOver;
    if (performance.now() - since > (alike ? QUIET_MS : PATIENCE_MS)) return;
    await sleep(5);
  }
}

import type { Metadata, ServiceError } from "@grpc/grpc-js";
import { type Contract, methodPath } from "@theseus/kit/contract";
import type { Peers } from "../cases/case.js";
import type { WorldStep } from "../cases/steps.js";
import type { Fields, Value } from "../cases/value.js";
import { type Refusal, toFields, toRefusal } from "../contract/answer.js";
import { Scope } from "../expectations/scope.js";
import { EMPTY_SCENE, type Scene } from "../run/scene.js";
import type { OpenWorld } from "../run/world.js";
import { CaseRun } from "../steps/case-run.js";
import { callMetadata } from "../steps/principal.js";
import { Connection, encode, type Request } from "../targets/connection.js";
import type { PlannedCall } from "./generate/planned-call.js";
import { Pairs } from "./pairs.js";
import { type Player, UnmakeableCall } from "./player.js";
import type { Answer, Underway, Waiting } from "./underway.js";

const DEADLINE_MS = 20_000;
/** Long enough for a machine that has much else to do. */
const PATIENCE_MS = 15_000;
const QUIET_MS = 12;

/** One of the two that are compared: what runs there. */
export interface SideOptions {
  readonly contract: Contract;
  /** Full name of the service. */
  readonly service: string;
  readonly label: string;
  /** Where it serves; calls go to them in turn. */
  readonly addresses: readonly string[];
  /** What is played around it. */
  readonly world?: OpenWorld;
  /** How long a stream that has told less than the other is waited for; 15 seconds where nothing is said. */
  readonly patienceMs?: number;
  /** When a watch that has begun is taken to have nothing more to tell; 12 ms where nothing is said. */
  readonly quietMs?: number;
  /** What of that calls can meet. */
  readonly scene?: Scene;
}

interface Prepared {
  readonly connection: Connection;
  readonly requests: readonly Buffer[];
  /** One request with the bytes after it. */
  readonly whole: Buffer;
  readonly request: Request;
}

/** One of the two that are compared: the addresses to which its calls go in turn, its world and its variables. */
export class Side implements Player, Disposable {
  readonly #connections: readonly Connection[];
  scope = new Scope();
  /** Of the sequence that is played. */
  #run: CaseRun | undefined;
  readonly pairs = new Pairs();
  readonly earlierMs = 0;

  constructor(readonly options: SideOptions) {
    this.#connections = options.addresses.map((address) => new Connection(address));
  }

  get label(): string {
    return this.options.label;
  }

  get waiting(): Waiting {
    const { patienceMs = PATIENCE_MS, quietMs = QUIET_MS } = this.options;
    return { patienceMs, quietMs };
  }

  get scene(): Scene {
    return this.options.scene ?? EMPTY_SCENE;
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection[Symbol.dispose]();
    this.#run?.[Symbol.dispose]();
  }

  async begin(run: string, peers: Peers): Promise<void> {
    const { contract, service, addresses, world } = this.options;
    this.scope = new Scope(run);
    this.#run?.[Symbol.dispose]();
    const test = { name: "", says: "", clauses: [], needs: [], environment: {}, peers, steps: [], place: "" };
    const target = {
      address: String(addresses[0]),
      label: this.label,
      [Symbol.asyncDispose]: async () => {},
    };
    const context = { contract, service, target, scope: this.scope, variables: {}, observe: () => undefined };
    this.#run = new CaseRun(test, context);
    world?.begin?.(this.#run);
    for (const step of this.scene.before) await this.happen(step);
  }

  async happen(step: WorldStep): Promise<void> {
    if (this.#run === undefined) throw new Error("no sequence has begun");
    this.#filled(step);
    await this.options.world?.perform?.(step, this.#run);
  }

  /** `turn` says which of the addresses has the call. */
  prepare(call: PlannedCall, turn: number): () => Underway {
    const connection = this.#connections[turn % this.#connections.length] as Connection;
    const requests = this.#encode(call);
    const request = { metadata: this.#metadata(call), deadlineMs: DEADLINE_MS };
    const whole = Buffer.concat([requests[0] ?? Buffer.alloc(0), Buffer.from(call.bytes, "hex")]);
    return () => this.#start(call, { connection, requests, whole, request });
  }

  end(): void {}

  #start(call: PlannedCall, { connection, requests, whole, request }: Prepared): Underway {
    switch (call.method.methodKind) {
      case "unary":
        return this.#single(call, connection.unary(methodPath(call.method), whole, request));
      case "client_streaming":
        return this.#single(call, connection.upload(call.method, requests, request));
      case "server_streaming":
        return this.#stream(call, connection.download(call.method, whole, request), "watch");
      case "bidi_streaming": {
        const stream = connection.converse(call.method, request);
        const underway = this.#stream(call, stream, "conversation");
        for (const each of requests) stream.write(each);
        stream.end();
        return underway;
      }
    }
  }

  #filled<T extends Value>(value: T): T {
    try {
      return this.scope.fill(value);
    } catch (cause) {
      throw new UnmakeableCall(String(cause), { cause });
    }
  }

  #encode({ method, requests }: PlannedCall): readonly Buffer[] {
    try {
      return requests.map((each) => encode(this.options.contract, method, this.scope.fill(each)));
    } catch (cause) {
      throw new UnmakeableCall(`a request of ${method.name}: ${String(cause)}`, { cause });
    }
  }

  #metadata({ as, metadata }: PlannedCall): Metadata {
    return callMetadata({ as: this.#filled(as), metadata: this.#filled(metadata as Fields) }, this.scope);
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
      kind: "single",
      get count() {
        return answer === undefined ? 0 : 1;
      },
      get hasBegun() {
        return answer !== undefined;
      },
      get isOver() {
        return answer !== undefined;
      },
      get isRefused() {
        return answer?.refusal !== undefined;
      },
      settle: () => answer ?? { messages: [], goesOn: true },
    };
  }

  #stream(
    call: PlannedCall,
    stream: NodeJS.EventEmitter & { cancel(): void },
    kind: Underway["kind"],
  ): Underway {
    const messages: Value[] = [];
    let refusal: Refusal | undefined;
    let isOver = false;
    let hasBegun = false;
    stream.on("metadata", () => {
      hasBegun = true;
    });
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
      kind,
      get count() {
        return messages.length;
      },
      get hasBegun() {
        return hasBegun || isOver;
      },
      get isOver() {
        return isOver;
      },
      get isRefused() {
        return isOver && refusal !== undefined;
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
      return toFields(this.options.contract, method, bytes);
    } catch {
      return { unreadable: bytes.toString("hex") };
    }
  }
}

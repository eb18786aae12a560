import type { DescMethod } from "@bufbuild/protobuf";
import { isClientStream, isServerStream } from "@theseus/kit/contract";
import type { Peers } from "../../cases/case.js";
import type { WorldStep } from "../../cases/steps.js";
import type { Fields, Value } from "../../cases/value.js";

/** One call of a sequence, as data: what it takes from earlier answers are variables, so that it can be made anywhere. */
export interface PlannedCall {
  /** Stays when other calls of the sequence are left out: variables of its answer begin with it, `c3.name`. */
  readonly id: number;
  readonly method: DescMethod;
  /** Who calls, in the words of cases. */
  readonly as: string;
  /** Besides what the sidecar sets, or instead of it; a list comes as so many headers. */
  readonly metadata: Readonly<Record<string, string | readonly string[]>>;
  /** One request; those of a client stream, in their order. */
  readonly requests: readonly Fields[];
  /** Hexadecimal: what is sent after the one request of a call that is not a client stream. */
  readonly bytes: string;
  /** Calls that follow each other and have the same number here are made at once. */
  readonly together?: number;
  /** A stream of answers that is read while the calls after it are made, to the end of the sequence. */
  readonly staysOpen?: boolean;
  /** What happens in the world before it. */
  readonly after?: WorldStep;
}

/** What is sent, one call after the other, and how those deviate whom the service calls meanwhile. */
export interface Sequence {
  readonly peers: Peers;
  readonly calls: readonly PlannedCall[];
}

/** Without what belongs to its place in the sequence. */
export function again({ together: _, after: __, staysOpen: ___, ...call }: PlannedCall): PlannedCall {
  return call;
}

/** The variable that holds a field of a call's answer. */
export function variableOf(id: number, path: string): string {
  return `c${id}.${path}`;
}

/** The variables that a value names. */
export function variablesIn(value: Value): readonly string[] {
  return [...JSON.stringify(value).matchAll(/\$\{([^}]+)\}/g)].map(([, name = ""]) => name);
}

/** The variables that a call names, whatever they are. */
export function namedBy({ as, requests, metadata, after = { verb: "" } }: PlannedCall): readonly string[] {
  return variablesIn([as, requests, metadata as Fields, after]);
}

/** The variables that a call takes from the answers of others. */
export function takenBy(call: PlannedCall): readonly string[] {
  return namedBy(call).filter((name) => /^c\d+\./.test(name));
}

/** True when bytes can be sent after the request: cases have no such step for streams of requests, nor for watches. */
export function takesBytes(method: DescMethod): boolean {
  return !isClientStream(method) && method.methodKind === "unary";
}

/** True for a call that can be read while others are made. */
export function canStayOpen(method: DescMethod): boolean {
  return isServerStream(method) && !isClientStream(method);
}

/** Calls that are made at once, in the order of the sequence: most are alone. */
export function turnsOf(calls: readonly PlannedCall[]): readonly (readonly PlannedCall[])[] {
  const turns: PlannedCall[][] = [];
  for (const call of calls) {
    const before = turns.at(-1);
    if (before !== undefined && call.together !== undefined && before[0]?.together === call.together)
      before.push(call);
    else turns.push([call]);
  }
  return turns;
}

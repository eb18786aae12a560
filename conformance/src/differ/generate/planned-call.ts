import type { DescMethod } from "@bufbuild/protobuf";
import { isClientStream } from "@theseus/kit/contract";
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
}

export type Sequence = readonly PlannedCall[];

/** The variable that holds a field of a call's answer. */
export function variableOf(id: number, path: string): string {
  return `c${id}.${path}`;
}

/** The variables that a value names. */
export function variablesIn(value: Value): readonly string[] {
  return [...JSON.stringify(value).matchAll(/\$\{([^}]+)\}/g)].map(([, name = ""]) => name);
}

/** The variables that a call takes from the answers of others. */
export function takenBy({ requests }: PlannedCall): readonly string[] {
  return variablesIn(requests).filter((name) => /^c\d+\./.test(name));
}

/** True when bytes can be sent after the request: cases have no such step for streams of requests, nor for watches. */
export function takesBytes(method: DescMethod): boolean {
  return !isClientStream(method) && method.methodKind === "unary";
}

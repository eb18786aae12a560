/** A value in a case file, before variables are put in. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export type Fields = { readonly [key: string]: Value };

/** What a call must answer: success with these fields, or a refusal. */
export interface Expectation {
  readonly ok?: Value;
  readonly save?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: Value;
  readonly violations?: readonly Fields[];
  readonly metadata?: Fields;
}

/** Who calls: `user alice`, `admin root`, `workload payment`, `nobody`. */
export interface CallOptions {
  readonly as?: string;
  readonly deadline?: string;
  readonly metadata?: Fields;
}

export interface CallStep extends CallOptions {
  readonly call: string;
  readonly request?: Value;
  /** For a client stream. */
  readonly requests?: readonly Value[];
  readonly expect: Expectation;
}

export interface EventuallyStep extends CallStep {
  readonly within: string;
}

export interface TogetherStep extends CallOptions {
  readonly together: number;
  readonly call: string;
  /** `${n}` counts from 0. */
  readonly request: Value;
  readonly expect: { readonly exactly: number; readonly ok: Value; readonly others?: Expectation };
}

export interface TableStep extends CallOptions {
  readonly table: string;
  readonly request: Value;
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  /** Fields by path (`lines[0].quantity`) with their new value. */
  readonly with?: Fields;
  /** Paths to leave out. */
  readonly without?: readonly string[];
  readonly expect: Expectation;
}

export interface StreamStep extends CallOptions {
  readonly stream: string;
  readonly name: string;
  readonly request: Value;
}

export interface ReceiveStep {
  readonly receive: string;
  readonly messages: readonly Value[];
  /** True when other messages may come in between. */
  readonly among?: boolean;
  readonly within?: string;
}

export interface CancelStep {
  readonly cancel: string;
}

export interface EndsStep extends Expectation {
  readonly ends: string;
  readonly within?: string;
}

export interface ConverseStep extends CallOptions {
  readonly converse: string;
  readonly exchange: readonly { readonly send: Value; readonly receive?: Value }[];
  readonly expect?: Expectation;
}

export interface RawStep extends CallOptions {
  readonly raw: string;
  /** Request bytes, hexadecimal. */
  readonly bytes: string;
  readonly expect: Expectation;
}

export interface RestartStep {
  readonly restart: "kill" | "stop";
}

export interface StoreStep {
  readonly store: "stop" | "start";
}

/** Starts a call and goes on without its answer, which `answer` waits for. */
export interface BeginStep extends CallOptions {
  readonly begin: string;
  readonly name: string;
  readonly request: Value;
}

export interface AnswerStep {
  readonly answer: string;
  /** Absent: whatever it answers. */
  readonly expect?: Expectation;
}

/** A step of the suite's own, such as the peers that it plays: see `Extension`. */
export interface ExtensionStep {
  readonly [verb: string]: Value;
}

export type Step =
  | CallStep
  | EventuallyStep
  | TogetherStep
  | TableStep
  | StreamStep
  | ReceiveStep
  | CancelStep
  | EndsStep
  | ConverseStep
  | RawStep
  | RestartStep
  | StoreStep
  | BeginStep
  | AnswerStep
  | ExtensionStep;

export type Need = "restart" | "own-target" | "store";

/** One fact about a service that every implementation must show. */
export interface Case {
  /** `payment/create/replay` */
  readonly name: string;
  readonly says: string;
  /** Rows of clauses.yaml that it proves. */
  readonly clauses: readonly string[];
  /** What it cannot share with other cases: then it gets a target of its own. */
  readonly needs: readonly Need[];
  /** How the peers that are played deviate, by method: see peers. */
  readonly peers: { readonly [method: string]: readonly string[] };
  readonly steps: readonly Step[];
  /** `cases/payment/create.yaml:12` */
  readonly place: string;
}

/** A value in a case file, before variables are put in. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export type Fields = { readonly [key: string]: Value };

/** What a call must answer: success with these fields, or a refusal. */
export interface Expectation {
  readonly ok?: Value;
  readonly save?: string;
  readonly status?: string;
  readonly reason?: string;
  /** Name of a refusal that was saved: this one must be the same, byte for byte. */
  readonly same?: string;
  readonly message?: Value;
  readonly violations?: readonly Fields[];
  readonly metadata?: Fields;
}

/** Who calls: `user alice`, `admin root`, `workload orders`, `nobody`, `developer`. */
export interface CallOptions {
  readonly as?: string;
  readonly deadline?: string;
  /** A deadline that the service alone is told of: it has to end the call, the suite waits. */
  readonly server_deadline?: string;
  readonly metadata?: Fields;
}

export interface CallStep extends CallOptions {
  readonly call: string;
  readonly request?: Value;
  /** For a client stream. */
  readonly requests?: Value;
  /** How long the answer must take at least. */
  readonly at_least?: string;
  readonly expect: Expectation;
}

export interface EventuallyStep extends CallStep {
  readonly within: string;
}

export interface TogetherStep extends CallOptions {
  readonly together: number;
  /** Repeats all of it until it is as expected: for calls that may be repeated. */
  readonly within?: string;
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

/** A client or bidirectional stream that stays open from step to step. */
export interface OpenStep extends CallOptions {
  readonly open: string;
  readonly name: string;
}

export interface SendStep {
  readonly send: string;
  readonly messages: Value;
}

/** The client has said all. */
export interface CloseStep {
  readonly close: string;
}

/** A unary call with a request that is put together from bytes. */
export interface RawStep extends CallOptions {
  /** A method, or the path of one that the contract does not have (`/package.Service/Method`). */
  readonly raw: string;
  /** What the request begins with. */
  readonly request?: Value;
  /** What comes then, hexadecimal. */
  readonly bytes?: string;
  /** Filled up with an unknown field to so many bytes: `limit` is the method's max_request_bytes. */
  readonly size?: number | "limit" | "limit+1";
  readonly expect: Expectation;
}

/** Steps that several cases begin with, from given.yaml. */
export interface GivenStep {
  readonly given: string;
  /** Variables: the defaults of given.yaml and what the case says instead. */
  readonly with: Fields;
  readonly steps: readonly Step[];
}

/** Reads a list page by page to its end. */
export interface WalkStep extends CallOptions {
  readonly walk: string;
  /** Field of the response that has the entries. */
  readonly list: string;
  readonly request: Value;
  /** Only entries with such a name are looked at: cases share a store. */
  readonly matching: string;
  /** What happens between the first page and the second. */
  readonly after_first?: readonly Step[];
  /** All entries that match, in their order. */
  readonly expect: Value;
}

/** Starts the implementation once more, with another environment, and looks at what it prints. */
export interface LaunchStep {
  readonly launch: {
    /** Variables; `{$file: …}` is the path of a private file with that in it (`mode` says otherwise). */
    readonly with?: Fields;
    readonly without?: readonly string[];
  };
  /** How it ends, and what it printed: `first`, the first line, and `lines`, all of them. */
  readonly expect: Fields;
}

/** Every method of the service, called by everybody: let in as the contract's policy says. */
export interface AccessStep {
  readonly access: "policy";
}

/** Reflection tells the contract, option by option. */
export interface ReflectionStep {
  readonly reflection: "contract";
}

/** SIGTERM, without waiting. */
export interface SignalStep {
  readonly signal: "TERM";
}

/** After `signal`: the exit code. */
export interface ExitsStep {
  readonly exits: number;
}

export interface RestartStep {
  readonly restart: "kill" | "stop";
}

export interface SecondStep {
  readonly second: "start" | "change";
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

/** A call that was begun has not been answered yet: others are not held up by it. */
export interface PendingStep {
  readonly pending: string;
}

/** What the target has logged so far has none of these texts in it. */
export interface LogStep {
  readonly log: { readonly without: readonly string[] };
}

export interface AnswerStep {
  readonly answer: string;
  /** Absent: whatever it answers. */
  readonly expect?: Expectation;
}

/** A step that only a service's world has. */
export interface WorldStep {
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
  | OpenStep
  | SendStep
  | CloseStep
  | RawStep
  | GivenStep
  | WalkStep
  | LaunchStep
  | AccessStep
  | ReflectionStep
  | SignalStep
  | ExitsStep
  | RestartStep
  | SecondStep
  | StoreStep
  | BeginStep
  | AnswerStep
  | PendingStep
  | LogStep
  | WorldStep;

/** `launch`: the suite must be able to start processes; the others also want a target of the case's own. */
export type Need = "restart" | "own-target" | "store" | "launch";

/** One fact about a service that every implementation must show. */
export interface Case {
  /** `orders/create/replay` */
  readonly name: string;
  readonly says: string;
  /** Rows of clauses.yaml that it proves. */
  readonly clauses: readonly string[];
  /** What it cannot share with other cases: then it gets a target of its own. */
  readonly needs: readonly Need[];
  /** How the peers that are played deviate, by method: see peers. */
  readonly peers: { readonly [method: string]: readonly string[] };
  /** Variables of the environment that its own target gets besides the launch protocol's: see LaunchStep. */
  readonly environment: Fields;
  readonly steps: readonly Step[];
  /** `cases/orders/create.yaml:12` */
  readonly place: string;
}

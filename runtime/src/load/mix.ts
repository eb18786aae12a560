/** What visitors do, and how often each of it. */
export interface Mix {
  readonly journeys: readonly Journey[];
}

/** Calls of one visitor, one after the other; it ends with the first that fails. */
export interface Journey {
  readonly name: string;
  /** How often it is made, beside the weights of the others. */
  readonly weight: number;
  readonly steps: readonly Step[];
}

/** One call. `${name}` in its texts is what the visitor brings along, or what an earlier step kept. */
export interface Step {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Whose token it shows. Default: none. */
  readonly as?: string;
  /** An access token that an earlier step kept, in the place of `as`. */
  readonly token?: string;
  readonly body?: unknown;
  /** What later steps need, by name: the path of the field in the answer. */
  readonly keep?: Readonly<Record<string, string>>;
  /** What fields of the answer must say, by their path. */
  readonly expect?: Readonly<Record<string, string>>;
  /** The reason with which it must be refused. */
  readonly refused?: string;
}

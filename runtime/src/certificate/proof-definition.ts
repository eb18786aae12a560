import type { Implementation } from "../implementation/implementation.js";

/** How implementations are held against the contract, as data and commands: the runtime knows no suite. */
export interface ProofDefinition {
  /**
   * What a result holds for besides the implementation, by name: files of the checkout, as `listFiles` takes them.
   * `<folder>/node_modules` stands for the packages that the package in a folder needs in order to run.
   */
  covers(service: string): Readonly<Record<string, readonly string[]>>;
  /** What is run, one after the other, in the checkout. */
  checks(tested: Tested): readonly Check[];
  /** Cases that compare what reflection tells with the contract: without them nothing is proven. */
  readonly fingerprint: readonly string[];
  /** How long a certificate holds. Default 30 days. */
  readonly lifetimeMs?: number;
}

/** What is held against the contract. */
export interface Tested {
  readonly service: string;
  /** The copy that is tested, and started when it has passed. */
  readonly implementation: Implementation;
  /** How people name it: a language, or the path of a folder. */
  readonly wanted: string;
  /** What runs now, when it is another: each has to take over from the other. */
  readonly running?: Implementation;
}

export interface Check {
  /** Of the one result, where the command writes no file of results. */
  readonly name: string;
  /** Its last argument is followed by the path of a file for results, where `hasResults`. */
  readonly command: readonly [string, ...string[]];
  readonly hasResults: boolean;
  /** The command that repeats one case alone, or all of it, as people type it. */
  repeat(test?: string): string;
}

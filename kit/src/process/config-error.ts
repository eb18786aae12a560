/** What is wrong with one environment variable. */
export interface ConfigFault {
  readonly variable: string;
  /** The value that was given; undefined when there was none, and for a secret. */
  readonly given?: string | undefined;
  /** What is wrong and what to do about it. */
  readonly problem: string;
}

/** A configuration that a process cannot start with: all its faults at once, fit to be printed as they are. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[], options?: ErrorOptions) {
    super(faults.map(describeFault).join("\n"), options);
    this.faults = faults;
  }
}

/** `PORT: must be 1 to 65535 (given: "0")` */
function describeFault({ variable, given, problem }: ConfigFault): string {
  return `${variable}: ${problem}${given === undefined ? "" : ` (given: ${JSON.stringify(given)})`}`;
}

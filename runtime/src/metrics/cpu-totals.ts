import { processIdentity } from "../process/process-identity.js";
import { type ProcessUse, processUse } from "../process/process-use.js";

interface Counted {
  readonly identity: string;
  /** Of those that ran before in its place, in seconds. */
  readonly before: number;
  readonly last: number;
}

/** Processor time by the name of a process: it goes on where one that has ended left off. */
export class CpuTotals {
  #counted = new Map<string, Counted>();

  constructor(
    readonly identityOf: (pid: number) => string | undefined = processIdentity,
    readonly useOf: (pid: number) => ProcessUse | undefined = processUse,
  ) {}

  /** What the process uses now, with its whole processor time; undefined of one that is not there any more. */
  use(name: string, pid: number): ProcessUse | undefined {
    const identity = this.identityOf(pid);
    const use = this.useOf(pid);
    if (identity === undefined || use === undefined) return undefined;
    const known = this.#counted.get(name);
    const before =
      known === undefined ? 0 : known.identity === identity ? known.before : known.before + known.last;
    this.#counted.set(name, { identity, before, last: use.cpuSeconds });
    return { ...use, cpuSeconds: before + use.cpuSeconds };
  }

  /** Forgets all others. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#counted.keys()) if (!names.has(name)) this.#counted.delete(name);
  }
}

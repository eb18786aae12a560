import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../fault.js";
import type { SidecarPlace } from "./sidecar-place.js";

export interface UntilTaken {
  /** Those that have to take it, asked anew each time: one that ends meanwhile is not waited for, nor one that does not run. */
  readonly sidecars: () => Iterable<SidecarPlace>;
  /** Rejects, or answers false, as long as the sidecar has not taken it. */
  readonly isTaken: (sidecar: SidecarPlace) => Promise<boolean>;
  /** What is to be taken, as in "has not taken …". */
  readonly what: string;
  /** Default 30,000 ms: as long as a sidecar may take for its start. */
  readonly limitMs?: number;
  readonly signal?: AbortSignal;
}

const lookMs = 50;

/** Waits until every sidecar says that it has taken something. Throws a Fault that names those that have not in time. */
export async function untilTaken(options: UntilTaken): Promise<void> {
  const { sidecars, isTaken, what, limitMs = 30_000, signal } = options;
  const deadline = Date.now() + limitMs;
  for (;;) {
    const all = [...sidecars()].filter((sidecar) => sidecar.isRunning());
    const taken = await Promise.all(all.map((sidecar) => isTaken(sidecar).catch(() => false)));
    const late = all.filter((_, index) => taken[index] === false).map(({ name }) => name);
    if (late.length === 0) return;
    if (Date.now() > deadline) {
      throw new Fault(
        `${late.join(", ")} ${late.length === 1 ? "has" : "have"} not taken ${what} within ${limitMs / 1000} s.`,
        `See theseus logs ${late[0]}; then give the command again: it goes on where it ended.`,
      );
    }
    await sleep(lookMs, undefined, { ...(signal && { signal }) });
  }
}

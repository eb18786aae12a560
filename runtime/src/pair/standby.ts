import { rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../fault.js";
import { replaceFile } from "../process/replace-file.js";
import type { StoreAccess } from "../stores/own-stores.js";
import { checkHealth } from "./grpc-health.js";
import type { InstancePaths } from "./instance-paths.js";

/** Whether an application may act: see _Standby_ in the launch protocol. */
export type ActivityState = "active" | "standby";

type StatePaths = Pick<InstancePaths, "app" | "standby" | "storeUrl">;

interface Change {
  readonly state: ActivityState;
  /** Absent: it keeps nothing. */
  readonly store: StoreAccess | undefined;
}

interface Patience {
  /** Default 30 s. */
  readonly withinMs?: number;
  /** What stands still does not follow. Default 10 s. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

const pollMs = 50;

/** Writes the files that tell an application its state: those of its store first, since it reads them when it sees the other. */
export function writeState(paths: StatePaths, { state, store }: Change): void {
  if (store !== undefined) replaceFile(paths.storeUrl, state === "active" ? store.url : store.readUrl);
  if (state === "standby") writeFileSync(paths.standby, "", { mode: 0o600 });
  else rmSync(paths.standby, { force: true });
}

/**
 * Puts a running application in another state, and waits until its health of `active` says that it has followed: in standby
 * nothing of it writes any more, and it uses the URL that only reads.
 *
 * @throws Fault when it does not follow within `withinMs`, or says nothing for `silenceMs`
 */
export async function changeState(
  paths: StatePaths,
  change: Change,
  { withinMs = 30_000, silenceMs = 10_000, signal }: Patience = {},
): Promise<void> {
  writeState(paths, change);
  const wanted = change.state === "active" ? "SERVING" : "NOT_SERVING";
  const until = Date.now() + withinMs;
  for (let heardMs = Date.now(); ; ) {
    const health = await checkHealth(paths.app, 2_000, "active");
    if (health === wanted) return;
    if (health !== "UNREACHABLE") heardMs = Date.now();
    if (Date.now() > Math.min(until, heardMs + silenceMs))
      throw new Fault(
        `The application at ${paths.app} does not become ${change.state}: its health of "active" is ${health}.`,
        "See its log; an implementation that does not know LAUNCH_STANDBY_FILE cannot be put in standby.",
      );
    await sleep(pollMs, undefined, { signal });
  }
}

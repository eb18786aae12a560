import { readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isSameProcess, processIdentity } from "./process-identity.js";
import { replaceFile } from "./replace-file.js";

export interface RecordedProcess {
  readonly name: string;
  readonly pid: number;
  /** Boot and start time: a later process with the same pid has others. */
  readonly identity: string;
  /** Once it serves: where, its version, and since when (ISO time). */
  readonly serving?: { readonly address: string; readonly version?: string; readonly since: string };
}

export interface State {
  readonly supervisor: RecordedProcess;
  /** Unix socket on which the supervisor is controlled. */
  readonly control: string;
  readonly processes: readonly RecordedProcess[];
  /** What else a later supervisor has to know, by what it is about. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/** What a supervisor has started, written down at once, so that a later supervisor can end it or take it over. */
export interface StateFile {
  add(name: string, pid: number): void;
  serves(pid: number, serving: NonNullable<RecordedProcess["serving"]>): void;
  remove(pid: number): void;
  note(about: string, what: unknown): void;
  /** A process of this name that an earlier supervisor left, runs on, and was not added yet. */
  left(name: string): RecordedProcess | undefined;
  /** Everything has ended: a later supervisor has nothing to do. */
  clear(): void;
}

/** @param taken  what an earlier supervisor left and this one takes over */
export function createStateFile(path: string, control: string, taken?: State): StateFile {
  const supervisor = record("supervisor", process.pid);
  const left = (taken?.processes ?? []).filter(isAlive);
  const processes = new Map(left.map((each) => [each.pid, each]));
  const notes = new Map(Object.entries(taken?.notes ?? {}));
  const added = new Set<number>();
  const save = () => {
    const state: State = {
      supervisor,
      control,
      processes: [...processes.values()],
      notes: Object.fromEntries(notes),
    };
    replaceFile(path, JSON.stringify(state, null, 2));
  };
  save();
  return {
    add(name, pid) {
      added.add(pid);
      processes.set(pid, record(name, pid));
      save();
    },
    serves(pid, serving) {
      const known = processes.get(pid);
      if (known === undefined) return;
      processes.set(pid, { ...known, serving });
      save();
    },
    remove(pid) {
      if (!processes.delete(pid)) return;
      try {
        save();
      } catch {
        // A record of a process that has ended does no harm.
      }
    },
    note(about, what) {
      notes.set(about, what);
      save();
    },
    left(name) {
      return left.find((each) => each.name === name && !added.has(each.pid) && isAlive(each));
    },
    clear() {
      rmSync(path, { force: true });
    },
  };
}

export function readState(path: string): State | undefined {
  try {
    const state = JSON.parse(readFileSync(path, "utf8")) as State;
    const isState = Array.isArray(state.processes) && typeof state.control === "string";
    return isState ? { ...state, notes: state.notes ?? {} } : undefined;
  } catch {
    return undefined;
  }
}

export function isAlive({ pid, identity }: RecordedProcess): boolean {
  return identity !== "" && isSameProcess(pid, identity);
}

/** Ends what a dead supervisor left running, and nothing else; says what it ended. */
export async function endOrphans(
  state: Pick<State, "processes">,
  limitMs = 10_000,
): Promise<readonly RecordedProcess[]> {
  const orphans = state.processes.filter(isAlive);
  for (const orphan of orphans) signalGroup(orphan, "SIGTERM");
  const deadline = Date.now() + limitMs;
  while (orphans.some(isAlive) && Date.now() < deadline) await sleep(50);
  for (const orphan of orphans.filter(isAlive)) signalGroup(orphan, "SIGKILL");
  while (orphans.some(isAlive) && Date.now() < deadline + 2_000) await sleep(50);
  return orphans;
}

function record(name: string, pid: number): RecordedProcess {
  return { name, pid, identity: processIdentity(pid) ?? "" };
}

function signalGroup({ pid }: RecordedProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // it ended by itself
  }
}

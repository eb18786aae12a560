import {
  askControl,
  Fault,
  type Home,
  isAlive,
  isStopped,
  readState,
  type SystemStatus,
} from "@theseus/runtime/control";
import { table } from "./table.js";

/** Asks the supervisor of a home for its status; undefined when none runs. */
export async function askStatus(home: Home): Promise<SystemStatus | undefined> {
  const state = readState(home.state);
  if (state === undefined || !isAlive(state.supervisor)) return undefined;
  const { pid } = state.supervisor;
  if (isStopped(pid)) {
    throw new Fault(
      `The supervisor (pid ${pid}) is stopped (Ctrl-Z or SIGSTOP).`,
      `fg or kill -CONT ${pid} lets it go on; theseus down ends the shop.`,
    );
  }
  try {
    return (await askControl(state.control, "GET", "/status")) as SystemStatus;
  } catch (error) {
    if (!isAlive(state.supervisor)) return undefined;
    throw new Fault(
      `The supervisor (pid ${pid}) does not answer: ${error instanceof Error ? error.message : error}.`,
      "theseus down ends the shop.",
      { cause: error },
    );
  }
}

/** Says that no supervisor runs, and which processes of one that was killed are still there. */
export function sayNotRunning(home: Home): number {
  const left = (readState(home.state)?.processes ?? []).filter(isAlive);
  console.error(
    left.length === 0
      ? `No shop runs in ${home.path}.\n  npm start opens it.`
      : [
          `The supervisor of the shop in ${home.path} is gone; ${left.length} of its processes run on, and nobody replaces them:`,
          table(left.map(({ name, pid }) => [`  ${name}`, `pid ${pid}`])),
          "  npm start takes them over, with no call that fails; theseus down ends them.",
        ].join("\n"),
  );
  return 1;
}

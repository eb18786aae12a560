import {
  askControl,
  Fault,
  type Home,
  isAlive,
  readState,
  type SystemStatus,
} from "@theseus/runtime/control";

/** Asks the supervisor of a home for its status; undefined when none runs. */
export async function askStatus(home: Home): Promise<SystemStatus | undefined> {
  const state = readState(home.state);
  if (state === undefined || !isAlive(state.supervisor)) return undefined;
  try {
    return (await askControl(state.control, "GET", "/status")) as SystemStatus;
  } catch (error) {
    if (!isAlive(state.supervisor)) return undefined;
    throw new Fault(
      `The supervisor (pid ${state.supervisor.pid}) does not answer: ${error instanceof Error ? error.message : error}.`,
      "theseus down ends it.",
      { cause: error },
    );
  }
}

export function sayNotRunning(home: Home): number {
  console.error(`No shop runs in ${home.path}.\n  npm start opens it.`);
  return 1;
}

import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { askControl, endOrphans, type Home, isAlive, isStopped, readState } from "@theseus/runtime/control";

const limitMs = 60_000;

/** Ends the shop of a home: by its supervisor, or without one that was killed. Fine when there is none. */
export async function down(home: Home): Promise<number> {
  const state = readState(home.state);
  if (state === undefined) {
    console.log(`No shop runs in ${home.path}.`);
    return 0;
  }
  if (isAlive(state.supervisor)) {
    continueStopped(state.supervisor.pid);
    const asked = await askControl(state.control, "POST", "/down").then(
      () => true,
      () => false,
    );
    if (!asked) process.kill(state.supervisor.pid, "SIGTERM");
    if (!(await hasEnded(() => !isAlive(state.supervisor)))) {
      console.error(
        `The supervisor (pid ${state.supervisor.pid}) did not end within ${limitMs / 1000} s; it is killed.`,
      );
      process.kill(state.supervisor.pid, "SIGKILL");
      await hasEnded(() => !isAlive(state.supervisor));
    }
  }
  const orphans = await endOrphans(readState(home.state) ?? { ...state, processes: [] });
  for (const { name, pid } of orphans) console.log(`ended ${name} (pid ${pid}), left by a killed supervisor`);
  await rm(home.state, { force: true });
  console.log("The shop is closed; its data is kept.");
  return 0;
}

/** A stopped process neither answers nor takes notice of SIGTERM. */
function continueStopped(pid: number): void {
  if (!isStopped(pid)) return;
  console.log(
    `The supervisor (pid ${pid}) is stopped (Ctrl-Z or SIGSTOP); it is let go on, to close the shop.`,
  );
  process.kill(pid, "SIGCONT");
}

async function hasEnded(isOver: () => boolean): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (!isOver()) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

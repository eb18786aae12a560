import { statSync } from "node:fs";
import type { Log } from "../process/log.js";

/** The file of `LAUNCH_STANDBY_FILE`: while it is there, the process may not act. */
export interface StandbyFile {
  /** Whether the file was there when it was last looked for. */
  readonly isThere: boolean;
  /** Looks for it again; only the answer that there is no such file means that it is gone. */
  look(): void;
}

/** @param path undefined: there never is one */
export function createStandbyFile(path: string | undefined, log: Log): StandbyFile {
  let isThere = path !== undefined;
  let failing = false;

  function look(): void {
    if (path === undefined) return;
    try {
      isThere = exists(path);
      failing = false;
    } catch (err) {
      // Nothing may be logged before the line that says where the process listens.
      if (!failing)
        setImmediate(() =>
          log.error({ event: "standby", err }, "the standby file cannot be looked for; the state stays"),
        );
      failing = true;
    }
  }

  look();
  return {
    get isThere() {
      return isThere;
    },
    look,
  };
}

/** By its own code: `throwIfNoEntry` takes more for "not there" in newer releases of Node.js. */
function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw err;
  }
}

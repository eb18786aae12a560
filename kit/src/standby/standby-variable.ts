import { type Variable, variable } from "../process/variable.js";

/** The path of the standby file, such as `LAUNCH_STANDBY_FILE` names it; undefined when the process is always active. */
export function standbyVariable(name: string): Variable<string | undefined> {
  return variable.matching(name, /^\//, { wanted: "must be an absolute path", optional: true });
}

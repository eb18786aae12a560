import { fieldsFromProc } from "./process-identity.js";

/** What `/proc` counts in, on Linux: USER_HZ. */
const TICKS_PER_SECOND = 100;
/** Of the fields after the command: user and system time. */
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** The least that `cpuSeconds` tells apart. */
export const cpuResolutionSeconds = 1 / TICKS_PER_SECOND;

/**
 * Processor time of a process since its start, in seconds, in steps of 10 ms. Linux only.
 *
 * @throws Error for a process that is not there
 */
export function cpuSeconds(pid: number): number {
  const fields = fieldsFromProc(pid);
  return (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
}

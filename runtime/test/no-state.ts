import type { StateFile } from "../src/process/state-file.js";

/** Writes nothing down. */
export const noState: StateFile = {
  add: () => undefined,
  serves: () => undefined,
  remove: () => undefined,
  note: () => undefined,
  left: () => undefined,
  clear: () => undefined,
};

import type { Admission } from "../certificate/admission.js";
import type { Implementation } from "../implementation/implementation.js";
import type { RunningImplementation } from "./instance.js";

/** What the table of instances says of an implementation, once it is built. */
export function runningImplementation(
  implementation: Implementation,
  source: string | undefined,
  admitted: { readonly contentHash: string; readonly admission: Admission },
): RunningImplementation {
  const { language, folder } = implementation;
  return {
    language,
    folder,
    ...admitted,
    ...(source !== undefined && { source }),
  };
}

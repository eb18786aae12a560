import { contentHash } from "../implementation/content-hash.js";
import type { Implementation } from "../implementation/implementation.js";
import type { RunningImplementation } from "./instance.js";

/** What the table of instances says of an implementation, once it is built. */
export function runningImplementation(
  implementation: Implementation,
  source: string | undefined,
): RunningImplementation {
  const { language, folder } = implementation;
  return {
    language,
    folder,
    contentHash: contentHash(implementation),
    ...(source !== undefined && { source }),
  };
}

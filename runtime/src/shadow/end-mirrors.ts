import { setMirror } from "../pair/envoy-admin.js";
import type { Pair } from "../pair/pair.js";

/** No sidecar copies calls from now on: one that does not run has forgotten it by itself. */
export async function endMirrors(pairs: readonly Pair[], report: (line: string) => void): Promise<void> {
  const serving = pairs.filter(({ instance }) => instance.workload.services.length > 0);
  await Promise.all(
    serving.map(({ place }) =>
      setMirror(place.admin, "off").catch((error: unknown) => {
        if (place.isRunning()) report(`${place.name} may go on copying calls: ${String(error)}`);
      }),
    ),
  );
}

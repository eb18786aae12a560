import type { Duration } from "@bufbuild/protobuf/wkt";

/** A protobuf duration in milliseconds; 0 when there is none. */
export function toMilliseconds(duration: Duration | undefined): number {
  if (duration === undefined) return 0;
  return Number(duration.seconds) * 1000 + duration.nanos / 1_000_000;
}

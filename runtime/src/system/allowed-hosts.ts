import { isHostName } from "@theseus/mesh/envoy";
import { UsageFault } from "../fault.js";

/** Fails on what cannot be the name in a Host header, before anything is started. */
export function assertHostNames(allowedHosts: readonly string[]): void {
  const wrong = allowedHosts.filter((name) => !isHostName(name));
  if (wrong.length === 0) return;
  throw new UsageFault(
    `${wrong.map((name) => `"${name}"`).join(", ")} cannot be a host that the edge serves.`,
    "Give a name such as shop.example, or an address (IPv6 in brackets), without a scheme and a port.",
  );
}

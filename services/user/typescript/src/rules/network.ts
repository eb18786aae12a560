import { isIPv6 } from "node:net";

/**
 * What counts as one source: of an IPv6 address its first 64 bits, which is what one subscriber has, and the IPv4 address
 * that it holds if it does; anything else as it is.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 6).join() === "0,0,0,0,0,65535";
  if (isMapped) return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  return groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":");
}

/** The eight numbers of an IPv6 address, without a zone. */
function groupsOf(address: string): readonly number[] {
  const [plain = ""] = address.split("%");
  // The form that URLs have has no IPv4 part.
  const [head = "", tail = ""] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split("::");
  const [before, after] = [textsOf(head), textsOf(tail)];
  const zeros = Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
}

function textsOf(groups: string): readonly string[] {
  return groups === "" ? [] : groups.split(":");
}

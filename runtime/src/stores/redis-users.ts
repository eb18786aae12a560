import { createHash } from "node:crypto";
import type { StoreUser, StoreUsers } from "./store-users.js";

/** What a service does with its Redis. */
export interface RedisAccess {
  /** Patterns of its keys, such as `orders:*`. */
  readonly keys: readonly string[];
  /** Its commands, those of its scripts among them: `get`, or `xinfo|stream` for a part of one. */
  readonly commands: readonly string[];
}

/**
 * Users in the format of Redis's `aclfile`. Nobody is let in without a password, and no password is in it. The default user is
 * off for everybody, and has all rights for the store itself: as this user it replays its own file, where it skips without a
 * word what the user may not do.
 */
export function toAclFile({ service, supervisor }: StoreUsers, access: RedisAccess | "all"): string {
  const rules =
    access === "all"
      ? ["~*", "&*", "+@all"]
      : [...access.keys.map((key) => `~${key}`), "-@all", ...access.commands.map((name) => `+${name}`)];
  const lines = [
    ["user", "default", "off", "~*", "&*", "+@all"],
    user(service, rules),
    user(supervisor, ["-@all", "+ping"]),
  ];
  return lines.map((words) => `${words.join(" ")}\n`).join("");
}

function user({ name, password }: StoreUser, rules: readonly string[]): readonly string[] {
  const hash = createHash("sha256").update(password).digest("hex");
  return ["user", name, "on", "resetchannels", `#${hash}`, ...rules];
}

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
export function toAclFile({ service, reader, supervisor }: StoreUsers, access: RedisAccess | "all"): string {
  const { keys, commands } = access === "all" ? { keys: ["*"], commands: ["@all"] } : access;
  const allowed = ["-@all", ...commands.map((name) => `+${name}`)];
  const lines = [
    ["user", "default", "off", "~*", "&*", "+@all"],
    user(service, [...keys.map((key) => `~${key}`), ...(access === "all" ? ["&*"] : []), ...allowed]),
    // What the service may do, but for commands that write; scripts that only read are among them.
    user(reader, [...keys.map((key) => `%R~${key}`), ...allowed, "-@write", "-@dangerous", "+info"]),
    user(supervisor, ["-@all", "+ping"]),
  ];
  return lines.map((words) => `${words.join(" ")}\n`).join("");
}

function user({ name, password }: StoreUser, rules: readonly string[]): readonly string[] {
  const hash = createHash("sha256").update(password).digest("hex");
  return ["user", name, "on", "resetchannels", `#${hash}`, ...rules];
}

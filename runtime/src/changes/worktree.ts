import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Fault, UsageFault } from "../fault.js";
import { runCommand } from "../provision/command.js";
import type { SystemContext } from "../system/context.js";
import type { Say } from "./say.js";

interface Worktree {
  readonly folder: string;
  /** In full. */
  readonly commit: string;
}

type Place = Pick<SystemContext, "home" | "checkout" | "env" | "signal">;

/** The checkout as it was at a revision, in a folder of its own that stays. */
export async function openWorktree(place: Place, revision: string, say: Say): Promise<Worktree> {
  const commit = await commitOf(place, revision);
  const above = join(place.home.path, "worktrees");
  const folder = join(above, commit.slice(0, 12));
  if (existsSync(join(folder, ".git"))) return { folder, commit };
  say(`a worktree of ${revision} (${commit.slice(0, 12)}) in ${folder}`);
  mkdirSync(above, { recursive: true, mode: 0o700 });
  // One whose folder was removed by hand is still registered.
  await git(place, "worktree", "prune");
  const made = await git(place, "worktree", "add", "--detach", folder, commit);
  if (made.code === 0) return { folder, commit };
  throw new Fault(
    `git makes no worktree of ${revision}: ${made.stderr.trim()}`,
    `Remove ${folder} if it is there, and try again.`,
  );
}

async function commitOf(place: Place, revision: string): Promise<string> {
  const { code, stdout } = await git(
    place,
    ...["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`],
  );
  if (code === 0) return stdout.trim();
  throw new UsageFault(
    `There is no revision "${revision}" in ${place.checkout}.`,
    "git log --oneline shows those there are.",
  );
}

function git({ checkout, env, signal }: Place, ...args: readonly string[]) {
  return runCommand("git", ["-C", checkout, ...args], { env, signal });
}

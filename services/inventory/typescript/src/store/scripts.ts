import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";
import { toStoreFault } from "./redis-connection.js";
import { isRefusal, toRefusal } from "./refusal.js";

const FOLDER = new URL("../../../../lua/", import.meta.url);

const NAMES = [
  "create-item",
  "update-item",
  "get-item",
  "list-items",
  "add-stock",
  "sync-stock",
  "create-reservation",
  "get-reservation",
  "release-reservation",
  "commit-reservation",
  "uncommit-reservation",
  "sweep",
  "snapshot-levels",
  "read-changes",
] as const;

export type ScriptName = (typeof NAMES)[number];

export interface Script {
  readonly source: string;
  /** SHA-1 of the source, by which Redis knows it. */
  readonly sha: string;
}

/** A script's reply: whether the request took effect before, and the script's values. */
export interface ScriptReply {
  readonly repeated: boolean;
  readonly values: readonly unknown[];
}

/** Runs a script. Throws the refusal that it answers as a StatusError. */
export type RunScript = (name: ScriptName, args: readonly string[]) => Promise<ScriptReply>;

/** The scripts that all implementations share, each with the prelude in front. */
export function loadScripts(folder: URL = FOLDER): ReadonlyMap<ScriptName, Script> {
  const prelude = readFileSync(new URL("prelude.lua", folder), "utf8");
  return new Map(
    NAMES.map((name) => {
      const source = prelude + readFileSync(new URL(`${name}.lua`, folder), "utf8");
      return [name, { source, sha: createHash("sha1").update(source).digest("hex") }];
    }),
  );
}

/** @param redis gives the connection that is to be used now */
export function createScriptRunner(redis: () => Redis, scripts: ReadonlyMap<ScriptName, Script>): RunScript {
  return async (name, args) => {
    const script = scripts.get(name);
    if (script === undefined) throw new Error(`there is no script ${name}`);
    const reply = await evaluate(redis(), script, args);
    if (!Array.isArray(reply)) throw new Error(`${name} answered no list`);
    const [status, ...values]: unknown[] = reply;
    if (isRefusal(status)) throw toRefusal(status, values);
    return { repeated: status === "REPEATED", values };
  };
}

async function evaluate(redis: Redis, script: Script, args: readonly string[]): Promise<unknown> {
  try {
    return await redis.evalsha(script.sha, 0, ...args).catch((error: unknown) => {
      // Redis forgets scripts when it restarts.
      if (error instanceof Error && error.message.startsWith("NOSCRIPT")) {
        return redis.eval(script.source, 0, ...args);
      }
      throw error;
    });
  } catch (error) {
    throw toStoreFault(error);
  }
}

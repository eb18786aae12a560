import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { boundLine } from "./bound-line.js";
import { ConfigError, type ConfigFault } from "./config-error.js";
import { createLog, type Log } from "./log.js";

/** What a process that is up gives: where it listens, its log, and the way to stop it. */
export interface Running extends AsyncDisposable {
  readonly address: string;
  readonly log: Log;
}

/** What is run. */
export interface Program {
  /** That of the package that its script belongs to. */
  readonly version: string;
}

/** `EX_CONFIG` of sysexits.h. */
const EXIT_CONFIG = 78;
/** The launch protocol gives a process 10 s to leave. */
const LONGEST_STOP_MS = 9800;

/**
 * Runs a process from its main. Prints the listening line when `start` is done, stops on SIGTERM and SIGINT and
 * exits 0. Exits 78 after one line for each fault of the configuration, 1 after any other failure, also one that
 * nobody caught. Nothing may be logged to stdout before the listening line. Never rejects.
 */
export async function run(
  start: (env: NodeJS.ProcessEnv, program: Program) => Promise<Running>,
): Promise<void> {
  let log = createLog({ level: "info", name: "main" });
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (err: unknown) => die(log, err, "something failed that nobody caught"));
  }
  const stopAsked = nextSignal();
  try {
    const version = versionOf(process.argv[1]);
    const running = await start(process.env, { version });
    log = running.log;
    print({
      event: "listening",
      address: running.address,
      pid: process.pid,
      version,
    });
    const signal = await stopAsked;
    log.info({ event: "stopping", signal }, "finishing running calls");
    setTimeout(() => die(log, undefined, "running calls did not end in time"), LONGEST_STOP_MS).unref();
    await running[Symbol.asyncDispose]();
    log.info({ event: "stopped" }, "stopped");
    process.exit(0);
  } catch (error) {
    if (!(error instanceof ConfigError)) die(log, error, "the process cannot go on");
    for (const fault of error.faults) printFault(fault);
    process.exit(EXIT_CONFIG);
  }
}

/** The first signal asks the process to stop. A second Ctrl-C ends it at once. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.on("SIGTERM", resolve);
    process.once("SIGINT", (signal) => {
      resolve(signal);
      process.once("SIGINT", () => process.exit(130));
    });
  });
}

function die(log: Log, err: unknown, message: string): never {
  log.fatal({ event: "failed", ...(err !== undefined && { err }) }, message);
  process.exit(1);
}

function printFault({ variable, given, problem }: ConfigFault): void {
  print({ level: "fatal", time: new Date().toISOString(), event: "config", variable, given, msg: problem });
}

function print(line: object): void {
  process.stdout.write(boundLine(`${JSON.stringify(line)}\n`));
}

/** The version in the package that a script belongs to. */
function versionOf(script: string | undefined): string {
  let folder = dirname(script ?? "");
  while (!existsSync(join(folder, "package.json"))) {
    if (folder === dirname(folder)) return "unknown";
    folder = dirname(folder);
  }
  const { version }: { version?: unknown } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return typeof version === "string" ? version : "unknown";
}

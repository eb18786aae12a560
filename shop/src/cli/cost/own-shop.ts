import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describeHome, type Endpoints, Fault, type Home, type SystemStatus } from "@theseus/runtime/control";
import { askStatus } from "../supervisor.js";

/** A shop in a temporary folder, on ports of its own; disposing of it ends it and removes the folder. */
export interface OwnShop extends AsyncDisposable {
  readonly home: Home;
  readonly endpoints: Endpoints;
  readonly status: SystemStatus;
}

interface OwnShopOptions {
  /** Such as `--impl inventory=go`. */
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Gives it up while it is opened. */
  readonly signal: AbortSignal;
}

const program = fileURLToPath(new URL("../../../../bin/theseus.mjs", import.meta.url));
const everyMs = 300;

/** @throws Fault with what it said last, when it does not open */
export async function openOwnShop({ flags, env, signal }: OwnShopOptions): Promise<OwnShop> {
  const home = describeHome(mkdtempSync(join(tmpdir(), "theseus-cost-")));
  const child = spawn(process.execPath, [program, "start", "--port", "0", ...flags], {
    env: { ...env, THESEUS_HOME: home.path },
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C is for this command, which ends the shop when it has stopped itself.
    detached: true,
  });
  let said = "";
  for (const output of [child.stdout, child.stderr])
    output.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4_000);
    });
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const close = async () => {
    child.kill("SIGINT");
    await exit;
    rmSync(home.path, { recursive: true, force: true });
  };
  while (child.exitCode === null && !signal.aborted) {
    const status = await askStatus(home).catch(() => undefined);
    const { endpoints } = status ?? {};
    if (status?.phase === "open" && endpoints !== undefined)
      return { home, endpoints, status, [Symbol.asyncDispose]: close };
    await sleep(everyMs);
  }
  await close();
  if (signal.aborted) throw new Fault("Stopped before a shop was open.", "Nothing was measured.");
  throw new Fault(`The shop to be measured did not open.\n${said.trim()}`, "theseus start shows the same.");
}

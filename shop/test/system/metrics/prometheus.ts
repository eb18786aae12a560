import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { freePort } from "@theseus/runtime";
import { createScratchFolder } from "@theseus/testing";

/** Skips a test, and says why, where one of these programs is not there. */
export function needsPrograms(test: Mocha.Context, ...programs: readonly string[]): void {
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length === 0) return;
  if (test.test) test.test.title += ` (skipped: there is no ${missing.join(", no ")} on PATH)`;
  test.skip();
}

/** A Prometheus of the tests' own. */
export interface Prometheus extends AsyncDisposable {
  /** Whether it has any series for a query; rejects for one that it does not understand. */
  hasAnswer(expr: string): Promise<boolean>;
}

/** @param config  what it is told, with intervals of a second instead of those that are shipped */
export async function startPrometheus(config: string): Promise<Prometheus> {
  const scratch = createScratchFolder();
  const port = await freePort();
  const quick = config
    .replaceAll(/(scrape|evaluation)_interval: 5s/g, "$1_interval: 1s")
    .replaceAll("scrape_timeout: 4s", "scrape_timeout: 1s");
  const child = spawn(
    "prometheus",
    [
      `--config.file=${scratch.file("prometheus.yml", quick)}`,
      `--storage.tsdb.path=${join(scratch.path, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return {
    hasAnswer: async (expr) => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`;
      const { data, error } = (await (await fetch(url)).json()) as Answer;
      if (data === undefined) throw new Error(`${expr}: ${error}`);
      return data.result.length > 0;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
      scratch[Symbol.dispose]();
    },
  };
}

interface Answer {
  readonly data?: { readonly result: readonly unknown[] };
  readonly error?: string;
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

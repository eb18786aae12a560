import { createRequire } from "node:module";
import { join } from "node:path";
import { runToEnd } from "@theseus/testing";
import { checkout } from "../../test/system/shop.js";

/** How the tests of a shadow went with more than there is time for each day. */
export interface ShadowRun {
  /** Calls that were compared while others wrote. */
  readonly compared: number;
  /** Watches that were opened and left. */
  readonly watches: number;
  readonly seconds: number;
  readonly faults: readonly string[];
}

const compared = 5_000;
const watches = 1_000;

/** What mocha's reporter of that name writes. */
interface Results {
  readonly stats: { readonly passes: number };
  readonly failures: readonly { readonly title: string; readonly err: { readonly message?: string } }[];
}

/** Two right implementations are told apart in none of the calls; of watches that were left nothing is left. */
export async function proveShadow(report: (line: string) => void): Promise<ShadowRun> {
  const beganMs = performance.now();
  const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
  const { stdout, stderr } = await runToEnd(
    [
      process.execPath,
      mocha,
      ...["--exit", "--config", "test/changing/mocharc.json"],
      ...["--grep", "A shadow of what is right (finds nothing|opens streams)", "--reporter", "json"],
    ],
    {
      cwd: join(checkout, "shop"),
      env: { ...process.env, SHADOW_CALLS: String(compared), SHADOW_WATCHES: String(watches) },
      withinMs: 30 * 60_000,
    },
  );
  const faults = faultsIn(stdout) ?? [stderr.trim() || "the tests did not run"];
  report(
    `a shadow of what is right: ${faults.length === 0 ? "finds nothing, leaves nothing" : faults.join("; ")}`,
  );
  return { compared, watches, seconds: (performance.now() - beganMs) / 1_000, faults };
}

function faultsIn(printed: string): readonly string[] | undefined {
  const begin = printed.indexOf("{\n");
  if (begin < 0) return undefined;
  const { stats, failures } = JSON.parse(printed.slice(begin)) as Results;
  if (failures.length === 0 && stats.passes !== 2) return [`${stats.passes} of its 2 tests ran`];
  return failures.map(({ title, err }) => `${title}: ${err.message ?? "failed"}`);
}

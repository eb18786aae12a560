import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runCommand } from "../provision/command.js";
import type { Check } from "./proof-definition.js";

/** What one check has found. */
export interface Checked {
  readonly passed: readonly string[];
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly test: string;
  /** What of the contract it breaks; none: that is not said. */
  readonly clauses: readonly string[];
  readonly why: string;
  /** The command that repeats it alone. */
  readonly repeat: string;
}

interface Place {
  readonly checkout: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

const schema = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      outcome: z.string(),
      why: z.string().optional(),
      clauses: z.array(z.string()).default([]),
    }),
  ),
});

/** Runs a check to its end. One that says nothing of single cases, or fails though they all pass, is itself the case. */
export async function runCheck(check: Check, { checkout, env, signal }: Place): Promise<Checked> {
  const folder = mkdtempSync(join(tmpdir(), "theseus-proof-"));
  try {
    const file = join(folder, "results.json");
    const [program, ...args] = check.command;
    const { code, stdout, stderr } = await runCommand(
      program === "node" ? process.execPath : program,
      check.hasResults ? [...args, file] : args,
      { env, cwd: checkout, signal, inBackground: true },
    );
    signal?.throwIfAborted();
    const checked = readResults(file, check, code);
    if (checked.passed.length + checked.failures.length > 0 && code === 0) return checked;
    if (checked.failures.length > 0) return checked;
    const why = lastLines(`${stdout}\n${stderr}`) || `it ended with ${code}`;
    return { ...checked, failures: [{ test: check.name, clauses: [], why, repeat: check.repeat() }] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A case that was skipped has shown nothing. */
function readResults(file: string, check: Check, code: number): Checked {
  if (!check.hasResults) return { passed: code === 0 ? [check.name] : [], failures: [] };
  if (!existsSync(file)) return { passed: [], failures: [] };
  const { results } = schema.parse(JSON.parse(readFileSync(file, "utf8")));
  return {
    passed: results.filter(({ outcome }) => outcome === "passed").map(({ name }) => name),
    failures: results
      .filter(({ outcome }) => outcome !== "passed")
      .map(({ name, outcome, why, clauses }) => ({
        test: name,
        clauses,
        why: why ?? outcome,
        repeat: check.repeat(name),
      })),
  };
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-12).join("\n    ");
}

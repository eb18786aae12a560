import { spawn } from "node:child_process";
import type { ProcessSpec } from "@theseus/mesh/runtime";
import type { EnvironmentChange, LaunchOutcome } from "./target.js";

const LONGEST_MS = 30_000;

/** Starts a process with another environment; one that prints that it listens is sent SIGTERM. */
export function tryLaunch(spec: ProcessSpec, change: EnvironmentChange): Promise<LaunchOutcome> {
  const env: Record<string, string> = { ...spec.env, ...change.with };
  for (const name of change.without) delete env[name];
  const [file, ...args] = spec.command;
  const child = spawn(file, args, { cwd: spec.cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  let printed = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (printed.includes('"listening"')) child.kill("SIGTERM");
    });
    child.on("error", reject);
    child.on("close", (exit) => {
      clearTimeout(timer);
      resolve({ exit, lines: printed.split("\n").filter((line) => line !== "") });
    });
  });
}

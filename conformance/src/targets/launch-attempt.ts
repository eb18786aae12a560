import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Metadata } from "@grpc/grpc-js";
import type { ProcessSpec } from "@theseus/runtime";
import { Connection } from "./connection.js";
import type { LaunchOutcome } from "./target.js";

const LONGEST_MS = 60_000;

/** Starts a process; one that listens is sent SIGTERM as soon as it serves. */
export function tryLaunch(spec: ProcessSpec): Promise<LaunchOutcome> {
  const { env, cwd } = spec;
  const [file, ...args] = spec.command;
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
  let printed = "";
  let address: string | undefined;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const found = address === undefined ? listeningAt(printed) : undefined;
      if (found === undefined) return;
      address = found;
      void untilServing(found).finally(() => child.kill("SIGTERM"));
    });
    child.on("error", reject);
    child.on("close", (exit) => {
      clearTimeout(timer);
      resolve({ exit, lines: printed.split("\n").filter((line) => line !== "") });
    });
  });
}

function listeningAt(printed: string): string | undefined {
  // The order of the fields is free.
  const line = printed
    .split("\n")
    .slice(0, -1)
    .find((each) => each.includes('"listening"'));
  return line === undefined ? undefined : /"address":\s*"([^"]+)"/.exec(line)?.[1];
}

/** Health says SERVING when the start is complete. */
async function untilServing(address: string): Promise<void> {
  using connection = new Connection(address);
  const until = Date.now() + LONGEST_MS / 2;
  while (Date.now() < until) {
    const request = { metadata: new Metadata(), deadlineMs: 1000 };
    const answer = await connection.unary("/grpc.health.v1.Health/Check", Buffer.alloc(0), request);
    // HealthCheckResponse { status: SERVING }
    if (Buffer.isBuffer(answer) && answer.equals(Buffer.from([0x08, 0x01]))) return;
    await sleep(50);
  }
}

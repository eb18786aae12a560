import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { Fault } from "../fault.js";
import { runCommand } from "../provision/command.js";

/** What the system takes for outgoing connections begins above, unless somebody has set it otherwise. */
const OWN_PORTS = { from: 20_000, to: 32_767 } as const;
const TRIES = 50;

/** What this process has given away, and what may not be bound yet. */
const given = new Set<number>();

/**
 * A TCP port on loopback that was free a moment ago, and that no outgoing connection takes until somebody binds it.
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried++) {
    const port = randomInt(OWN_PORTS.from, OWN_PORTS.to + 1);
    if (given.has(port) || !(await isFreePort(port))) continue;
    given.add(port);
    return port;
  }
  const port = await bindOnce(0);
  if (port === undefined) {
    throw new Fault(
      "There is no free port on 127.0.0.1.",
      "End something that holds many ports and try again.",
    );
  }
  return port;
}

/** The port of `127.0.0.1:4711`. */
export function portOf(address: string | undefined): number | undefined {
  const port = Number(/^127\.0\.0\.1:(\d+)$/.exec(address ?? "")?.[1]);
  return Number.isNaN(port) ? undefined : port;
}

/** `wanted` when it is free, any free port for 0; a fault that names the port and its holder otherwise. */
export async function claimPort(wanted: number, purpose: string, flag: string): Promise<number> {
  if (wanted === 0) return freePort();
  if (await isFreePort(wanted)) return wanted;
  const holder = await holderOf(wanted);
  throw new Fault(
    `Port ${wanted} for ${purpose} is taken${holder === undefined ? "" : ` by ${holder}`}.`,
    `End that, or choose another port with ${flag} (0 takes any that is free).`,
  );
}

/** Can somebody listen on this port of loopback? */
export async function isFreePort(port: number): Promise<boolean> {
  return (await bindOnce(port)) !== undefined;
}

function bindOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(address === null || typeof address === "string" ? undefined : address.port));
    });
  });
}

async function holderOf(port: number): Promise<string | undefined> {
  const { env } = process;
  const lsof = await runCommand("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], {
    env,
    timeoutMs: 5_000,
  });
  const pid = /^p(\d+)$/m.exec(lsof.stdout)?.[1];
  if (pid !== undefined) return `${/^c(.+)$/m.exec(lsof.stdout)?.[1] ?? "process"} (pid ${pid})`;
  const ss = await runCommand("ss", ["-Hltnp", `sport = :${port}`], { env, timeoutMs: 5_000 });
  const [, name, owner] = /\("([^"]+)",pid=(\d+)/.exec(ss.stdout) ?? [];
  return owner === undefined ? undefined : `${name} (pid ${owner})`;
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CardProviderService } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { type Client, createClient } from "@theseus/kit";

const MAIN = fileURLToPath(new URL("../../src/main.js", import.meta.url));

/** The provider as its own process. */
export interface Provider {
  readonly client: Client<typeof CardProviderService>;
  readonly address: string;
  /** SIGKILL; gives when it is gone. */
  kill(): Promise<void>;
}

export async function startProvider(
  ledger: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Provider> {
  const child = spawn(process.execPath, ["--enable-source-maps", MAIN], {
    env: { LISTEN: "127.0.0.1:0", LEDGER: ledger, LOG_LEVEL: "fatal", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const address = await addressOf(child);
  const client = createClient(CardProviderService, { address, timeoutMs: 10_000 });
  return {
    client,
    address,
    kill: async () => {
      await client[Symbol.asyncDispose]();
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** What a process says that does not start: its exit code and the lines it printed. */
export async function failedStart(
  ledger: string,
): Promise<{ readonly code: unknown; readonly lines: string[] }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { LISTEN: "127.0.0.1:0", LEDGER: ledger },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const output = createInterface(child.stdout).on("line", (line) => lines.push(line));
  const [[code]] = await Promise.all([once(child, "exit"), once(output, "close")]);
  return { code, lines };
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "card-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no stdout");
  const [line] = await once(createInterface(child.stdout), "line");
  const { address }: { readonly address?: unknown } = JSON.parse(String(line));
  if (typeof address !== "string") throw new Error(`it does not listen: ${line}`);
  return address;
}

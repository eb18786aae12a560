import { fileURLToPath } from "node:url";
import { CardProviderService } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { type Client, createClient } from "@theseus/kit";
import { type FinishedRun, listening, type RunningProcess, runToEnd, startProcess } from "@theseus/testing";

const MAIN = fileURLToPath(new URL("../../src/main.js", import.meta.url));

/** The provider as its own process. */
export interface Provider {
  readonly client: Client<typeof CardProviderService>;
  readonly address: string;
  readonly process: RunningProcess;
  /** SIGKILL; gives when it is gone. */
  kill(): Promise<void>;
}

export async function startProvider(
  ledger: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Provider> {
  const process = await startProcess(command(), {
    env: { LISTEN: "127.0.0.1:0", LEDGER: ledger, LOG_LEVEL: "fatal", ...env },
  });
  const { address } = await listening(process);
  const client = createClient(CardProviderService, { address, timeoutMs: 30_000 });
  return {
    client,
    address,
    process,
    kill: async () => {
      await client[Symbol.asyncDispose]();
      await process.stop("SIGKILL");
    },
  };
}

/** Runs a provider that cannot start with its ledger. */
export function failedStart(ledger: string): Promise<FinishedRun> {
  return runToEnd(command(), { env: { LISTEN: "127.0.0.1:0", LEDGER: ledger } });
}

function command(): [string, string, string] {
  return [process.execPath, "--enable-source-maps", MAIN];
}

import type { Home } from "@theseus/runtime/control";
import { showEndpoints } from "./endpoints.js";

export interface StartFlags {
  readonly port: number;
  readonly metricsPort?: number;
  readonly impl?: ReadonlyMap<string, string>;
  readonly built?: readonly string[];
  readonly replicas?: ReadonlyMap<string, number>;
  readonly allowedHost?: readonly string[];
  readonly policy?: string;
}

interface StartOptions {
  readonly flags: StartFlags;
  readonly home: Home;
  readonly checkout: string;
  readonly env: NodeJS.ProcessEnv;
}

export async function start({ flags, home, checkout, env }: StartOptions): Promise<number> {
  // The other commands have no need of all this, and answer sooner without it.
  const { awaitStop, createProgress, runSystem } = await import("@theseus/runtime/supervisor");
  const { shopSystem } = await import("../shop.js");
  using stop = awaitStop();
  const progress = createProgress((line) => console.log(line));
  stop.signal.addEventListener("abort", () => progress.note("closing; once more ends everything at once"));
  await runSystem(shopSystem(), {
    home,
    checkout,
    env,
    progress,
    stop,
    port: flags.port,
    ...(flags.metricsPort === undefined ? {} : { metricsPort: flags.metricsPort }),
    allowedHosts: flags.allowedHost ?? [],
    implementations: flags.impl ?? new Map(),
    built: flags.built ?? [],
    replicas: flags.replicas ?? new Map(),
    ...(flags.policy === undefined ? {} : { policy: flags.policy }),
    onOpen: (endpoints) => console.log(`\n${showEndpoints(endpoints)}\n\nCtrl-C closes the shop.`),
  });
  return 0;
}

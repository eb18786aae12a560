import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeHome, type Endpoints } from "@theseus/runtime/control";
import type { Instances } from "@theseus/runtime/shadow";
import { createProgress, runSystem } from "@theseus/runtime/supervisor";
import { shopSystem } from "../../src/shop.js";
import { checkout } from "../system/shop.js";

/** A shop that this process supervises itself: tests reach its instances. */
export interface OpenShop extends AsyncDisposable {
  readonly endpoints: Endpoints;
  readonly instances: Instances;
  readonly console: readonly string[];
}

export async function openShop(
  home: string = mkdtempSync(join(tmpdir(), "theseus-shop-")),
): Promise<OpenShop> {
  const stop = new AbortController();
  const console: string[] = [];
  let running: Promise<void> = Promise.resolve();
  const [endpoints, instances] = await new Promise<[Endpoints, Instances]>((resolve, reject) => {
    running = runSystem(shopSystem(), {
      home: describeHome(home),
      checkout,
      env: { PASSWORD_COST: "12", ...process.env },
      progress: createProgress((line) => console.push(line)),
      stop: {
        signal: stop.signal,
        requested: new Promise((asked) => {
          stop.signal.addEventListener("abort", () => asked(), { once: true });
        }),
        urgent: new Promise(() => undefined),
        request: () => stop.abort(),
        [Symbol.dispose]: () => undefined,
      },
      port: 0,
      allowedHosts: [],
      implementations: new Map(),
      built: ["typescript"],
      replicas: new Map(),
      onOpen: (...open) => resolve(open),
    });
    running.catch(reject);
  });
  return {
    endpoints,
    instances,
    console,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

import { createProgress, type RunOptions } from "../src/supervisor/index.js";
import type { StopRequest } from "../src/supervisor/stop-request.js";
import type { Home } from "../src/system/home.js";

interface Run {
  readonly home: Home;
  readonly checkout: string;
  /** Collects what a person would be told. */
  readonly told?: string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** How a test runs a system: on ports that are free, until the test asks it to stop. */
export function runOptions({ home, checkout, told = [], env = {} }: Run): RunOptions {
  return {
    home,
    checkout,
    env: { ...process.env, ...env },
    progress: createProgress((line) => told.push(line)),
    stop: stopRequest(),
    port: 0,
    allowedHosts: [],
    implementations: new Map(),
    built: [],
    replicas: new Map(),
    onOpen: () => undefined,
  };
}

/** As `awaitStop`, without the signals of the process that runs the tests. */
function stopRequest(): StopRequest {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    requested: new Promise((resolve) => {
      controller.signal.addEventListener("abort", () => resolve(), { once: true });
    }),
    urgent: new Promise(() => undefined),
    request: () => controller.abort(),
    [Symbol.dispose]: () => undefined,
  };
}

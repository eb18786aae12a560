import { existsSync, readFileSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { knownHosts, type SystemStatus } from "@theseus/runtime/control";

/** How long one change of endpoints took, from the rename of its file until the sidecar's admin interface showed it, in ms. */
export interface EndpointChanges extends Disposable {
  end(): Promise<readonly number[]>;
}

interface EndpointsFile {
  readonly resources: readonly {
    readonly endpoints: readonly {
      readonly lb_endpoints: readonly {
        readonly endpoint: { readonly address: { readonly socket_address: { readonly port_value: number } } };
        readonly health_status?: string;
      }[];
    }[];
  }[];
}

/** A change that is followed by another one before it is seen is no longer to be seen. */
const patienceMs = 5_000;
const lookEveryMs = 2;

/** Looks at what the sidecar of one instance is told of a service. */
export function watchEndpointChanges(
  { instances }: SystemStatus,
  { sidecar, service }: { readonly sidecar: string; readonly service: string },
): EndpointChanges {
  const admin = instances.find(({ instance }) => instance === sidecar)?.sockets.admin;
  if (admin === undefined) throw new Error(`there is no sidecar ${sidecar}`);
  const [folder, name] = [join(dirname(admin), "xds"), `${service}.eds.json`];
  const looks: Promise<number | undefined>[] = [];
  const watcher = watch(folder, (event, file) => {
    if (event === "rename" && file === name) looks.push(untilShown(admin, service, join(folder, name)));
  });
  return {
    [Symbol.dispose]: () => watcher.close(),
    async end() {
      watcher.close();
      return (await Promise.all(looks)).filter((took) => took !== undefined);
    },
  };
}

async function untilShown(admin: string, service: string, path: string): Promise<number | undefined> {
  const beganMs = performance.now();
  const wanted = told(path);
  while (wanted !== undefined && performance.now() - beganMs < patienceMs) {
    const hosts = (await knownHosts(admin).catch(() => undefined))?.get(service) ?? [];
    const shown = hosts.map(({ port, isDraining }) => `${port} ${isDraining}`).sort();
    if (shown.join() === wanted) return performance.now() - beganMs;
    if (told(path) !== wanted) return undefined;
    await sleep(lookEveryMs);
  }
  return undefined;
}

/** Undefined when the sidecar has ended, and its folder with it. */
function told(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const { resources } = JSON.parse(readFileSync(path, "utf8")) as EndpointsFile;
  const endpoints = resources.flatMap(({ endpoints: all }) =>
    all.flatMap(({ lb_endpoints }) => lb_endpoints),
  );
  const shown = endpoints.map(
    ({ endpoint, health_status }) =>
      `${endpoint.address.socket_address.port_value} ${health_status === "DRAINING"}`,
  );
  return shown.sort().join();
}

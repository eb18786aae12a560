import { join } from "node:path";

/** Where one instance's sockets and files are, all in the short and private run folder. */
export interface InstancePaths {
  readonly folder: string;
  /** The application listens here; its sidecar is the only one that calls. */
  readonly app: string;
  /** The sidecar's outbound socket, the application's MESH. */
  readonly mesh: string;
  readonly admin: string;
  /** While there is a file here, the application is in standby. */
  readonly standby: string;
  /** The private file with the URL of its store. */
  readonly storeUrl: string;
  /** A comparer that takes copies of calls listens here, while there is one. */
  readonly shadow: string;
  /** People with grpcurl call here. */
  readonly developer: string;
  readonly xds: string;
  readonly bootstrap: string;
}

/** The sockets of all instances for people with grpcurl. */
export function developerFolder(run: string): string {
  return join(run, "grpc");
}

/** Leads to the socket of the first active instance of a workload, whichever that is. */
export function developerSocket(run: string, workload: string): string {
  return join(developerFolder(run), `${workload}.sock`);
}

/** Where the sidecar of an instance tells of each request. */
export function accessLogFile(logs: string, instance: string): string {
  return join(logs, `${instance}-access.log`);
}

/** Where the sidecar of an instance tells which hosts it takes out, and who fails to connect. */
export function hostLogFile(logs: string, instance: string): string {
  return join(logs, `${instance}-hosts.log`);
}

export function instancePaths(run: string, instance: string): InstancePaths {
  const folder = join(run, instance);
  return {
    folder,
    app: join(folder, "app.sock"),
    mesh: join(folder, "mesh.sock"),
    admin: join(folder, "admin.sock"),
    storeUrl: join(folder, "store-url"),
    developer: join(developerFolder(run), `${instance}.sock`),
    standby: join(folder, "standby"),
    shadow: join(folder, "shadow.sock"),
    xds: join(folder, "xds"),
    bootstrap: join(folder, "envoy.json"),
  };
}

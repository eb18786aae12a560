/** Where things are in containers. Each is a volume, or a part of one. */
export const places = {
  /** The sockets of one pair, for its application and its sidecar. */
  pair: "/pair",
  applicationSocket: "/pair/app.sock",
  outboundSocket: "/pair/mesh.sock",
  /** While there is a file here, the application is in standby. */
  standby: "/pair/standby",
  /** One sidecar's configuration, identity and admin socket. */
  mesh: "/mesh",
  bootstrap: "/mesh/envoy.json",
  adminSocket: "/mesh/admin.sock",
  xds: "/mesh/xds",
  /** The socket by which developers call one instance. */
  developer: "/developer",
  developerSocket: "/developer/grpc.sock",
  /** What one workload or one outside party keeps secret. */
  secrets: "/secrets",
  signingKeys: "/secrets/signing-keys.json",
  /** The URL of a workload's own store. */
  storeUrl: "/secrets/store-url",
  /** Redis's users, and the password of the one that asks for its health. */
  acl: "/secrets/users.acl",
  supervisorPassword: "/secrets/supervisor-password",
  /** The passwords of a store's users. */
  storeUsers: "/secrets/users.json",
  /** What an outside party keeps. */
  data: "/data",
  /** What the control plane keeps from one start to the next: its authorities, keys and accounts. */
  state: "/state",
  /** The control plane's status, written anew all the time. */
  status: "/tmp/control-status.json",
  /** The accounts that people use. */
  people: "/people",
  /** All volumes that the control plane fills, by name. */
  volumes: "/volumes",
} as const;

/** Ports that sidecars and outside parties listen on, each in a network namespace of its own. */
export const ports = { mesh: 8443, edge: 8080, external: 8443 } as const;

/** The first of the ports for developers, one for each service in the topology's order. */
export const firstDeveloperPort = 9101;

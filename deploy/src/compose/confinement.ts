import type { Kind } from "./compose-file.js";

/** What no container here may do without, and what none may have. */
const confined = {
  read_only: true,
  cap_drop: ["ALL"],
  security_opt: ["no-new-privileges:true"],
  pids_limit: 256,
  restart: "unless-stopped",
  logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
};

/** The fields that all services of a kind have in common; a service's own come over them. */
export const common: Readonly<Record<Kind, object>> = {
  // Applications get ten seconds by the launch protocol to finish what runs.
  own: { ...confined, user: "10001:10001", tmpfs: ["/tmp:size=32m,mode=1777"], stop_grace_period: "15s" },
  // The same user as the application, whose socket is its owner's alone.
  sidecar: { ...confined, user: "10001:10001", stop_grace_period: "10s" },
  // What others make; stores are the user that owns the data in the official images of both.
  other: { ...confined, user: "999:999", tmpfs: ["/tmp:size=32m,mode=1777"], stop_grace_period: "30s" },
};

import { unixSocket } from "./listeners/listener.js";
import type { Message } from "./message.js";

/**
 * The admin interface, open to its socket's owner only, and only with the paths that operations need; `exact` are some more,
 * with their query.
 */
export function admin(path: string, exact: readonly string[] = []): Message {
  return {
    address: unixSocket(path),
    allow_paths: [
      { exact: "/ready" },
      { exact: "/server_info" },
      { prefix: "/listeners" },
      { prefix: "/clusters" },
      { prefix: "/stats" },
      { prefix: "/config_dump" },
      { exact: "/certs" },
      { exact: "/reopen_logs" },
      { prefix: "/drain_listeners" },
      { exact: "/healthcheck/fail" },
      { exact: "/healthcheck/ok" },
      ...exact.map((each) => ({ exact: each })),
    ],
  };
}

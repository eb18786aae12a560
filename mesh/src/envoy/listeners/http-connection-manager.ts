import { http2Server } from "../clusters/http2.js";
import { extension, type Message } from "../message.js";
import { type AccessLog, accessLog } from "./access-log.js";
import { headerHygiene } from "./header-hygiene.js";

export interface ConnectionManagerOptions {
  /** Name in stats, logs and routes. */
  readonly name: string;
  readonly accessLog: AccessLog;
  readonly routes: readonly Message[];
  /** HTTP filters before the router. */
  readonly filters: readonly Message[];
  readonly localReply: Message;
  /** What differs from one listener to the next. */
  readonly settings: Message;
  /** True where the caller may say from where the call reached the system. Default: false. */
  readonly passesSource?: boolean;
  /** True where callers have certificates. Default: false. */
  readonly namesPeer?: boolean;
  /** What every request gets on its way, in Envoy's HeaderValueOption. */
  readonly requestHeadersToAdd?: readonly Message[];
  /** Response headers that are removed. */
  readonly responseHeadersToRemove?: readonly string[];
}

export function httpConnectionManager(options: ConnectionManagerOptions): Message {
  const { name, routes, filters, localReply, settings } = options;
  const { passesSource = false, namesPeer = false } = options;
  const { requestHeadersToAdd, responseHeadersToRemove = [] } = options;
  return extension(
    "envoy.filters.network.http_connection_manager",
    "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    {
      stat_prefix: name,
      http2_protocol_options: http2Server(256),
      http_filters: [...filters, router()],
      route_config: {
        name,
        virtual_hosts: [
          {
            name,
            domains: ["*"],
            routes,
            ...(requestHeadersToAdd && { request_headers_to_add: requestHeadersToAdd }),
            response_headers_to_remove: responseHeadersToRemove,
          },
        ],
      },
      access_log: [accessLog(options.accessLog, name)],
      local_reply_config: localReply,
      ...headerHygiene({ passesSource, namesPeer }),
      ...settings,
    },
  );
}

function router(): Message {
  return extension("envoy.filters.http.router", "envoy.extensions.filters.http.router.v3.Router", {
    suppress_envoy_headers: true,
  });
}

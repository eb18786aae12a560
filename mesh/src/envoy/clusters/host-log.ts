import { extension, type Message } from "../message.js";

/** Part of the bootstrap: the file that is told which hosts are taken out because they failed calls. */
export function outlierEvents(path: string | undefined): Message {
  return path === undefined ? {} : { cluster_manager: { outlier_detection: { event_log_path: path } } };
}

/** Part of a health check: the same file is told which hosts are taken out by it, and let in again. */
export function healthEvents(path: string | undefined): Message {
  if (path === undefined) return {};
  const sink = extension(
    "envoy.health_check.event_sinks.file",
    "envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink",
    { event_log_path: path },
  );
  return { event_logger: [sink] };
}

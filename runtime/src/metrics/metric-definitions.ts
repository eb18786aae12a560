/** What one family of metrics is, for Prometheus and for people. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Beyond those of every instance. */
  readonly labels: readonly string[];
}

/** What every series says of the instance that it is of. */
export interface InstanceLabels {
  readonly workload: string;
  /** `ship-1` */
  readonly instance: string;
  /** Its language. */
  readonly implementation: string;
  /** What it says of itself and the beginning of its content's SHA-256: `0.1.0+4f1c2ab`. */
  readonly version: string;
}

export const instanceLabels = [
  "workload",
  "instance",
  "implementation",
  "version",
] as const satisfies readonly (keyof InstanceLabels)[];

/** Upper bounds of the buckets of every latency, in seconds. */
export const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;

/** What stands for a method that is none of those that an instance serves: strangers make no series. */
export const otherMethod = "other";

const perCall = ["method", "code"] as const;
const perProcess = ["process"] as const;

/** What the supervisor counts and sees itself. */
export const metrics = {
  calls: {
    name: "theseus_calls_total",
    type: "counter",
    help: "Calls over the mesh that an instance has answered, by its sidecar's access log; code is the gRPC status.",
    labels: perCall,
  },
  callDuration: {
    name: "theseus_call_duration_seconds",
    type: "histogram",
    help: "Time of the calls in theseus_calls_total, but for streams and unknown methods.",
    labels: perCall,
  },
  edgeRequests: {
    name: "theseus_edge_requests_total",
    type: "counter",
    help: "HTTP requests that an instance has answered at the edge, by its sidecar's access log; code is the HTTP status.",
    labels: perCall,
  },
  edgeRequestDuration: {
    name: "theseus_edge_request_duration_seconds",
    type: "histogram",
    help: "Time of the requests in theseus_edge_requests_total, but for streams and unknown methods.",
    labels: perCall,
  },
  up: {
    name: "theseus_up",
    type: "gauge",
    help: "1 when the process answers within a second and is well, else 0.",
    labels: perProcess,
  },
  cpu: {
    name: "theseus_process_cpu_seconds_total",
    type: "counter",
    help: "Processor time of the process and of those that ran in its place before it.",
    labels: perProcess,
  },
  memory: {
    name: "theseus_process_resident_memory_bytes",
    type: "gauge",
    help: "Resident memory of the process.",
    labels: perProcess,
  },
  started: {
    name: "theseus_process_start_time_seconds",
    type: "gauge",
    help: "When the process was last started, in seconds since 1970.",
    labels: perProcess,
  },
  restarts: {
    name: "theseus_process_restarts_total",
    type: "counter",
    help: "How often the process was started again.",
    labels: perProcess,
  },
  weight: {
    name: "theseus_instance_weight",
    type: "gauge",
    help: "Share of the calls relative to the other instances of the workload that get any.",
    labels: [],
  },
  stage: {
    name: "theseus_instance_stage",
    type: "gauge",
    help: "1 for the stage that the instance is in, 0 for the others.",
    labels: ["stage"],
  },
  certificateExpiry: {
    name: "theseus_certificate_expiry_timestamp_seconds",
    type: "gauge",
    help: "When a certificate of the instance expires, in seconds since 1970; for the mesh, or for an outside party.",
    labels: ["certificate"],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

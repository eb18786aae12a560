import { Client, credentials } from "@grpc/grpc-js";

const STATUSES = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"] as const;

export type Health = (typeof STATUSES)[number];

/** What `grpc.health.v1.Health/Check` says of a service, or of the whole server; rejects when nobody answers. */
export function healthOf(address: string, service = ""): Promise<Health> {
  const client = new Client(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  const bytes = (message: Buffer) => message;
  // HealthCheckRequest { service = 1 }, HealthCheckResponse { status = 1 }
  const request = Buffer.concat([Buffer.from([0x0a, service.length]), Buffer.from(service)]);
  const deadline = new Date(Date.now() + 10_000);
  return new Promise<Health>((resolve, reject) => {
    client.makeUnaryRequest(
      "/grpc.health.v1.Health/Check",
      bytes,
      bytes,
      request,
      { deadline },
      (error, answer) => (error ? reject(error) : resolve(STATUSES[answer?.[1] ?? 0] ?? "UNKNOWN")),
    );
  }).finally(() => client.close());
}

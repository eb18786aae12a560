import { credentials, Metadata } from "@grpc/grpc-js";
import { HealthCheckResponse_ServingStatus, HealthClient } from "@theseus/contract/grpc/health/v1/health.js";

export type Health = keyof typeof HealthCheckResponse_ServingStatus;

/** What `grpc.health.v1.Health/Check` says of a service, or of the whole server; rejects when nobody answers. */
export function healthOf(address: string, service = ""): Promise<Health> {
  const options = { "grpc.enable_http_proxy": 0, "grpc.use_local_subchannel_pool": 1 };
  const client = new HealthClient(address, credentials.createInsecure(), options);
  const deadline = new Date(Date.now() + 10_000);
  return new Promise<Health>((resolve, reject) => {
    client.check({ service }, new Metadata(), { deadline }, (error, answer) =>
      error ? reject(error) : resolve(HealthCheckResponse_ServingStatus[answer.status] as Health),
    );
  }).finally(() => client.close());
}

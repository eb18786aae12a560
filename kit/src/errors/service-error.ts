import { Metadata, type ServiceError } from "@grpc/grpc-js";

/** True for a failed call as grpc-js reports it. */
export function isServiceError(thrown: unknown): thrown is ServiceError {
  return (
    thrown instanceof Error &&
    "code" in thrown &&
    typeof thrown.code === "number" &&
    "details" in thrown &&
    "metadata" in thrown &&
    thrown.metadata instanceof Metadata
  );
}

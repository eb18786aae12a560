import { connect } from "node:tls";
import type { HealthCheck } from "../process/health-watch.js";
import { checkHealth } from "./grpc-health.js";
import { localRequest } from "./local-http.js";

const silent = "it does not answer";

/** A gRPC server that answers is well, whatever it says of what it depends on. */
export function answersGrpc(socketPath: string): HealthCheck {
  return async (timeoutMs) =>
    (await checkHealth(socketPath, timeoutMs)) === "UNREACHABLE" ? silent : undefined;
}

/** An HTTP server that answers is well, whatever the status. */
export function answersHttp(socketPath: string, path: string): HealthCheck {
  return (timeoutMs) =>
    localRequest({ at: { socketPath }, path, timeoutMs }).then(
      () => undefined,
      () => silent,
    );
}

/** The kernel takes connections of a process that stands still: only an answer to the greeting of TLS shows that it lives. */
export function answersTls(host: string, port: number): HealthCheck {
  return (timeoutMs) =>
    new Promise((resolve) => {
      // Its certificate is of no interest here, and a refusal is an answer.
      const socket = connect({ host, port, rejectUnauthorized: false });
      const done = (problem?: string) => {
        socket.destroy();
        resolve(problem);
      };
      socket.setTimeout(timeoutMs, () => done(silent));
      socket.once("secureConnect", () => done());
      socket.once("error", ({ code }: NodeJS.ErrnoException) =>
        done(code === "ECONNREFUSED" ? silent : undefined),
      );
    });
}

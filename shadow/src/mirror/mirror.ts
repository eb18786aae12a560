import { rmSync } from "node:fs";
import type { DescMethod } from "@bufbuild/protobuf";
import { type handleUnaryCall, type Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { findPolicy, methodPath } from "@theseus/kit/contract";
import type { Question } from "../ask/application.js";

/** A copy of a call, as the application gets it. */
export interface MirroredCall extends Question {
  /** On the clock of `performance.now`: nobody waits for an answer any more. */
  readonly until: number;
}

/** Of the connection or of the copy, not of the call. */
const NOT_OF_THE_CALL = [
  ...["user-agent", "accept-encoding", "grpc-accept-encoding", "te", "content-type", "content-length"],
  ...["x-envoy-internal", "x-forwarded-for"],
];

const keep = (bytes: Buffer) => bytes;

/** Takes copies of calls. Each is answered at once, with nothing: nobody reads it. */
export async function serveMirror(
  socket: string,
  methods: readonly DescMethod[],
  onCall: (call: MirroredCall) => void,
): Promise<AsyncDisposable> {
  const server = new Server();
  for (const method of methods) {
    const handle: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
      callback(null, Buffer.alloc(0));
      const deadlineMs = timeOf(method, call.getDeadline());
      const metadata = ofTheCall(call.metadata);
      onCall({ method, bytes: call.request, metadata, deadlineMs, until: performance.now() + deadlineMs });
    };
    server.register(methodPath(method), handle, keep, keep, "unary");
  }
  rmSync(socket, { force: true });
  await bind(server, socket);
  return {
    [Symbol.asyncDispose]: async () => {
      server.forceShutdown();
      rmSync(socket, { force: true });
    },
  };
}

/** The time that the caller gave, and never more than the contract gives. */
function timeOf(method: DescMethod, deadline: Date | number): number {
  const most = findPolicy(method)?.timeoutMs ?? 5_000;
  return Math.min(Number(deadline) - Date.now(), most);
}

function ofTheCall(metadata: Metadata): Metadata {
  const copy = metadata.clone();
  for (const key of NOT_OF_THE_CALL) copy.remove(key);
  return copy;
}

function bind(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
}

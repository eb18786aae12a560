import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type StatusObject,
} from "@grpc/grpc-js";
import type { MeshPolicy } from "../../src/policy/index.js";

/** What reached the application. */
export interface Arrival {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** Time that the caller gave it, in milliseconds. */
  readonly remainingMs: number;
  readonly cancelled: AbortSignal;
}

export type Answer = (arrival: Arrival) => Promise<Buffer>;

export interface GrpcApplication extends AsyncDisposable {
  readonly port: number;
  readonly arrivals: Arrival[];
  /** How unary calls are answered from now on: bytes, or a thrown `StatusObject`. */
  answer: Answer;
}

/**
 * A gRPC server that serves every method of the policy, knows no message, and keeps what it got. Where something
 * streams, each message comes back at once. Health says SERVING.
 */
export async function startApplication(
  policy: MeshPolicy,
  address: string,
  credentials: ServerCredentials = ServerCredentials.createInsecure(),
): Promise<GrpcApplication> {
  const server = new Server();
  const application = { arrivals: [] as Arrival[], answer: emptyAnswer as Answer };
  const unary: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    const cancelled = new AbortController();
    call.on("cancelled", () => cancelled.abort());
    const arrival = {
      path: call.getPath(),
      headers: Object.fromEntries(
        Object.entries(call.metadata.getMap()).map(([name, value]) => [name, String(value)]),
      ),
      bytes: call.request.length,
      remainingMs: Number(call.getDeadline()) - Date.now(),
      cancelled: cancelled.signal,
    };
    application.arrivals.push(arrival);
    application.answer(arrival).then(
      (answer) => callback(null, answer),
      (error: Partial<StatusObject>) => callback(error),
    );
  };
  for (const { path, clientStreaming, serverStreaming } of policy.methods) {
    if (clientStreaming || serverStreaming) server.register(path, echo, same, same, "bidi");
    else server.register(path, unary, same, same, "unary");
  }
  server.register("/grpc.health.v1.Health/Check", healthy, same, same, "unary");
  const port = await bind(server, address, credentials);
  return Object.assign(application, { port, [Symbol.asyncDispose]: async () => server.forceShutdown() });
}

async function emptyAnswer(): Promise<Buffer> {
  return Buffer.alloc(0);
}

const echo: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
  call.on("data", (message: Buffer) => call.write(message));
  call.on("end", () => call.end());
  call.on("error", () => {});
};

/** HealthCheckResponse with the status SERVING. */
const healthy: handleUnaryCall<Buffer, Buffer> = (_call, callback) => callback(null, Buffer.from([8, 1]));

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
  });
}

function same(value: Buffer): Buffer {
  return value;
}

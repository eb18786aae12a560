import { connect } from "node:http2";
import { connect as connectUnix } from "node:net";

/** Answer of `grpc.health.v1.Health/Check`; `UNREACHABLE` when there is none. */
export type Health = "SERVING" | "NOT_SERVING" | "UNKNOWN" | "UNREACHABLE";

/** Asks a gRPC server on a unix socket for its health: as a whole, or of one name, shorter than 128 bytes. */
export function checkHealth(socketPath: string, timeoutMs = 2_000, service = ""): Promise<Health> {
  return new Promise((resolve) => {
    const session = connect("http://localhost", { createConnection: () => connectUnix(socketPath) });
    const done = (health: Health) => {
      session.destroy();
      resolve(health);
    };
    session.setTimeout(timeoutMs, () => done("UNREACHABLE"));
    session.once("error", () => done("UNREACHABLE"));
    const call = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/grpc",
      te: "trailers",
    });
    const chunks: Buffer[] = [];
    call.on("data", (chunk: Buffer) => chunks.push(chunk));
    call.once("error", () => done("UNREACHABLE"));
    call.once("end", () => done(toHealth(Buffer.concat(chunks))));
    call.end(toFrame(service));
  });
}

/** The request, not compressed, with `service = 1`; of length 0 without a name. */
function toFrame(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The answer is one frame with `status = 1` as a varint; an empty one is UNKNOWN. */
function toHealth(frame: Buffer): Health {
  if (frame.length < 5) return "UNREACHABLE";
  if (frame[5] !== 0x08) return "UNKNOWN";
  return frame[6] === 1 ? "SERVING" : frame[6] === 2 ? "NOT_SERVING" : "UNKNOWN";
}

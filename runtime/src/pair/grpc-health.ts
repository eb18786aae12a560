import { connect } from "node:http2";
import { connect as connectUnix } from "node:net";

/** Answer of `grpc.health.v1.Health/Check`; `UNREACHABLE` when there is none. */
export type Health = "SERVING" | "NOT_SERVING" | "UNKNOWN" | "UNREACHABLE";

/** Asks a gRPC server on a unix socket for its health, of a name or as a whole. */
export function checkHealth(socketPath: string, timeoutMs = 2_000, name = ""): Promise<Health> {
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
    call.end(toFrame(name));
  });
}

/** Not compressed, the length, and the request: empty, or `service` in less than 128 bytes. */
function toFrame(name: string): Buffer {
  const text = Buffer.from(name);
  const request = name === "" ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, text.length]), text]);
  return Buffer.concat([Buffer.from([0, 0, 0, 0, request.length]), request]);
}

/** The answer is one frame with `status = 1` as a varint; an empty one is UNKNOWN. */
function toHealth(frame: Buffer): Health {
  if (frame.length < 5) return "UNREACHABLE";
  if (frame[5] !== 0x08) return "UNKNOWN";
  return frame[6] === 1 ? "SERVING" : frame[6] === 2 ? "NOT_SERVING" : "UNKNOWN";
}

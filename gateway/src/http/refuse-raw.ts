import type { Socket } from "node:net";

const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Answers what is not HTTP that can be served: there is no request to answer through. */
export function refuseRaw(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS[error.code ?? ""] ?? "400 Bad Request";
  const body = JSON.stringify({
    error: {
      code: Number(status.slice(0, 3)),
      status: "INVALID_ARGUMENT",
      message: "the request is not HTTP that can be served",
      details: [],
    },
  });
  socket.end(
    [
      `HTTP/1.1 ${status}`,
      "connection: close",
      "content-type: application/json",
      `content-length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
}

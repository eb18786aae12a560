import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code, encodeStatus } from "@theseus/kit/contract";

type Fields = Readonly<Record<string, unknown>>;

/** A folder of logs as a shop leaves them. Times are in milliseconds since the request began. */
export class WrittenLogs implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "theseus-explain-"));

  constructor(readonly requestId: string) {}

  /** A line of a sidecar's access log. */
  access(
    instance: string,
    listener: string,
    atMs: number,
    fields: Fields,
    file = `${instance}-access.log`,
  ): void {
    this.#write(file, {
      ...{
        time: timeAt(atMs),
        listener,
        request_id: this.requestId,
        method: "POST",
        status: 200,
        flags: "-",
      },
      ...{ details: "via_upstream", attempts: 1, duration_ms: 1, path: fields.route, ...fields },
    });
  }

  /** The line that an application writes when it has answered a call. */
  call(instance: string, endMs: number, fields: Fields): void {
    const { requestId: request_id } = this;
    this.#write(`${instance}.log`, {
      time: timeAt(endMs),
      level: "info",
      event: "call",
      request_id,
      ...fields,
    });
  }

  /** What a sidecar tells of a host that it calls. */
  host(instance: string, atMs: number, fields: Fields): void {
    this.#write(`${instance}-hosts.log`, { timestamp: timeAt(atMs), ...fields });
  }

  /** A connection to a sidecar that ended in its handshake. */
  handshake(instance: string, atMs: number, fields: Fields): void {
    this.#write(`${instance}-hosts.log`, { time: timeAt(atMs), event: "handshake", ...fields });
  }

  text(file: string, text: string): void {
    appendFileSync(join(this.folder, file), text);
  }

  #write(file: string, line: Fields): void {
    this.text(file, `${JSON.stringify(line)}\n`);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

function timeAt(ms: number): string {
  return new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + ms).toISOString();
}

/** What an access log has of a refusal. */
export function refusal(
  code: "INVALID_ARGUMENT" | "NOT_FOUND" | "UNAVAILABLE",
  reason: string,
  metadata: Readonly<Record<string, string>> = {},
): Fields {
  const status = encodeStatus({ code: Code[code], message: "", reason, metadata });
  return { grpc_status: code, status_details_alone: Buffer.from(status).toString("base64") };
}

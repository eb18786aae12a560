import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Collector } from "@theseus/testing";
import type { Target } from "../targets/target.js";
import { OK, writeEnding } from "./ending.js";
import { frame } from "./frames.js";

/** An implementation that answers every call with one empty message and OK. */
export async function startDefaults(): Promise<Target> {
  const path = join(tmpdir(), `td-${randomBytes(6).toString("hex")}.sock`);
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => undefined);
    session.on("close", () => sessions.delete(session));
    session.on("stream", (stream) => {
      stream.on("error", () => undefined);
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.once("wantTrailers", () => stream.sendTrailers(writeEnding(OK)));
      stream.end(frame(Buffer.alloc(0)));
      stream.resume();
    });
  });
  server.listen(path);
  await once(server, "listening");
  const address = `unix:${path}`;
  return {
    address,
    label: "defaults",
    control: {
      restart: async () => undefined,
      replaceFile: () => undefined,
      second: async () => address,
      terminate: async () => ({ code: 0, seconds: 0 }),
      mesh: async () => undefined,
      store: async () => undefined,
      rememberStore: async () => undefined,
      wasWritten: async () => false,
      documents: async () => ({}),
      writes: async () => [],
      standby: async () => undefined,
      collector: () => toldNothing,
      use: () => ({ memory: 0, descriptors: 0, cpu: 0 }),
      log: async () => "",
      tryLaunch: async () => ({ exit: 0, lines: [] }),
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      server.close();
      rmSync(path, { force: true });
    },
  };
}

const toldNothing: Collector = {
  url: "",
  told: () => [],
  requests: [],
  faults: [],
  perform: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

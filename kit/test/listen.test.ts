import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server as GrpcServer, logVerbosity, ServerCredentials, setLogVerbosity } from "@grpc/grpc-js";
import { rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { type Bind, listenAt } from "../src/index.js";

describe("listenAt", () => {
  let folder: string;
  let stop: (() => void)[];
  before(() => setLogVerbosity(logVerbosity.NONE));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kit-"));
    stop = [];
  });
  afterEach(() => {
    for (const each of stop) each();
    rmSync(folder, { recursive: true });
  });

  const http: Bind = async (address) => {
    const server: Server = createServer().listen(address);
    stop.push(() => server.close());
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  };
  const grpc: Bind = (address) => {
    const server = new GrpcServer();
    stop.push(() => server.forceShutdown());
    const text = "path" in address ? `unix:${address.path}` : `${address.host}:${address.port}`;
    return new Promise((resolve, reject) =>
      server.bindAsync(text, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  };
  const modeOf = (name: string) => statSync(join(folder, name)).mode & 0o777;
  const maskNow = () => {
    const mask = process.umask(0);
    process.umask(mask);
    return mask;
  };

  for (const [name, bind] of Object.entries({ http, grpc })) {
    describe(`with a server of ${name}`, () => {
      it("answers the actual port", async () => {
        expect(await listenAt("127.0.0.1:0", bind)).to.match(/^127\.0\.0\.1:[1-9][0-9]*$/);
      });

      it("makes a socket that is private from its first moment, whatever the mask", async () => {
        const mask = process.umask(0);
        const modes: number[] = [];
        const watched: Bind = async (address) => {
          const port = await bind(address);
          modes.push(modeOf("s") & 0o077);
          return port;
        };
        await listenAt(`unix:${join(folder, "s")}`, watched).finally(() => process.umask(mask));
        expect([modes, modeOf("s")]).to.deep.equal([[0], 0o600]);
      });

      it("holds the mask for one turn of the event loop at most", async () => {
        const mask = maskNow();
        let seen: number | undefined;
        const watched: Bind = (address) => {
          setImmediate(() => {
            seen = maskNow();
          });
          return bind(address);
        };
        await listenAt(`unix:${join(folder, "s")}`, watched);
        await new Promise(setImmediate);
        expect(seen).to.equal(mask);
      });

      it("is a fault of LISTEN where there is no folder", async () => {
        const mask = maskNow();
        const error = await rejectionOf(listenAt(`unix:${join(folder, "none/s")}`, bind));
        expect(error).to.have.property("name", "ConfigError");
        expect([String(error).includes("LISTEN"), maskNow()]).to.deep.equal([true, mask]);
      });
    });
  }

  it("leaves the mask as it was when several listen at once", async () => {
    const mask = maskNow();
    const texts = ["a", "b", "c", "d"].map((name) => `unix:${join(folder, name)}`);
    const slow: Bind = (address) => new Promise(setImmediate).then(() => http(address));
    const listening = await Promise.all(texts.map((text) => listenAt(text, slow)));
    expect([listening, maskNow()]).to.deep.equal([texts, mask]);
  });

  it("leaves folders that are made at the same moment of use to their owner", async () => {
    const making: Bind = async (address) => {
      await mkdir(join(folder, "other"));
      return http(address);
    };
    await listenAt(`unix:${join(folder, "s")}`, making);
    expect(modeOf("other")).to.equal(0o700);
  });
});

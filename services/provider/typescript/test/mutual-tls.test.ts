import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ConnectionOptions, connect } from "node:tls";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { type Provider, startProvider } from "./support/provider.js";

describe("the card provider over TLS", () => {
  const folder = createScratchFolder();
  let provider: Provider | undefined;
  before(async function () {
    if (spawnSync("openssl", ["version"]).status !== 0) this.skip();
    makeCertificate("server");
    makeCertificate("client");
    makeCertificate("stranger");
    provider = await startProvider(join(folder.path, "ledger.jsonl"), {
      TLS_CERT: file("server.crt"),
      TLS_KEY: file("server.key"),
      TLS_CLIENT_CA: file("client.crt"),
    });
  });
  after(async () => {
    await provider?.kill();
    folder[Symbol.dispose]();
  });

  it("takes a caller with a certificate of its authority, by TLS 1.3", async () => {
    expect(await shakeHands(identity("client"))).to.equal("TLSv1.3");
  });

  it("refuses TLS 1.2, no certificate and a stranger's", async () => {
    expect(await shakeHands({ ...identity("client"), maxVersion: "TLSv1.2" })).to.match(/protocol version/);
    expect(await shakeHands({})).to.match(/certificate required/);
    expect(await shakeHands(identity("stranger"))).to.match(/unknown ca|certificate|reset/i);
  });

  function file(name: string): string {
    return join(folder.path, name);
  }

  function identity(name: string): ConnectionOptions {
    return { cert: readFileSync(file(`${name}.crt`)), key: readFileSync(file(`${name}.key`)) };
  }

  function makeCertificate(name: string): void {
    const key = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      file(`${name}.key`),
    ];
    const certificate = ["-x509", "-days", "1", "-subj", `/CN=${name}`, "-out", file(`${name}.crt`)];
    execFileSync("openssl", ["req", ...key, ...certificate], { stdio: "ignore" });
  }

  /** The protocol of a connection that carries HTTP/2 in both directions, or why there is none. */
  function shakeHands(options: ConnectionOptions): Promise<string> {
    const [host = "", port] = (provider?.address ?? "").split(":");
    return new Promise((resolve) => {
      const socket = connect({
        ...options,
        host,
        port: Number(port),
        rejectUnauthorized: false,
        ALPNProtocols: ["h2"],
      });
      socket.once("error", (error) => resolve(error.message));
      socket.once("close", () => resolve("reset"));
      socket.once("data", () => {
        resolve(socket.getProtocol() ?? "none");
        socket.destroy();
      });
      socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    });
  }
});

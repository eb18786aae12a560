import { connect } from "node:tls";
import type { Identity } from "../../src/identity/index.js";

export interface Handshake {
  readonly protocol: string | null;
  /** What the certificate of the other side says about it. */
  readonly names: string | undefined;
  readonly serialNumber: string;
}

/** Connects once with mutual TLS and tells who answered. */
export function handshake(
  port: number,
  { certificate, privateKey, trustBundle }: Identity,
): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: "127.0.0.1",
      port,
      cert: certificate,
      key: privateKey,
      ca: trustBundle,
      ALPNProtocols: ["h2"],
      checkServerIdentity: () => undefined,
    });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      const { subjectaltname: names, serialNumber } = socket.getPeerCertificate();
      resolve({ protocol: socket.getProtocol(), names, serialNumber });
      socket.destroy();
    });
  });
}

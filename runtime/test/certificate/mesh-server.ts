import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import type { Identity, IdentityPaths } from "@theseus/mesh/identity";

/** A workload that greets whom the mesh's authority knows. */
export interface MeshServer extends AsyncDisposable {
  /** Whether somebody with these files, or with none, gets through the handshake. */
  greets(paths?: IdentityPaths): Promise<boolean>;
}

export async function startMeshServer(identity: Identity): Promise<MeshServer> {
  const options = { key: identity.privateKey, cert: identity.certificate, ca: identity.trustBundle };
  const server = createServer({ ...options, requestCert: true, rejectUnauthorized: true }, (socket) =>
    socket.end("welcome"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    greets: (paths) =>
      new Promise((resolve) => {
        const own = paths && { cert: readFileSync(paths.certificate), key: readFileSync(paths.privateKey) };
        const socket = connect({ port, host: "127.0.0.1", ca: identity.trustBundle, ...own, ...anyName });
        let said = "";
        socket.on("data", (chunk) => {
          said += chunk;
        });
        // With TLS 1.3 the client is done before the server has looked at its certificate.
        socket.on("error", () => undefined);
        socket.on("close", () => resolve(said === "welcome"));
      }),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Names of the mesh are SPIFFE ids, which Node.js does not look for. */
const anyName = { checkServerIdentity: () => undefined };

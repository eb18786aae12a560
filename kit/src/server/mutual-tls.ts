import { ServerCredentials } from "@grpc/grpc-js";

/** PEM texts of a server that takes only callers with a certificate of `clientCa`. */
export interface MutualTls {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly clientCa: Buffer;
}

/** What `ServerCredentials.createSsl` cannot say: nothing below TLS 1.3. */
export class MutualTlsCredentials extends ServerCredentials {
  constructor({ certificate, key, clientCa }: MutualTls) {
    super(
      { requestCert: true, rejectUnauthorized: true },
      { ca: clientCa, cert: certificate, key, minVersion: "TLSv1.3" },
    );
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

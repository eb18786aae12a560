import { X509Certificate } from "node:crypto";
import { chmod, stat } from "node:fs/promises";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { ExposedFileError, openAuthority } from "../../src/identity/index.js";
import { topology } from "../harness/topology.js";

const serverAuth = "1.3.6.1.5.5.7.3.1";
const clientAuth = "1.3.6.1.5.5.7.3.2";

describe("The authority of the mesh", () => {
  const cleanup = new AsyncDisposableStack();
  const now = () => new Date("2026-11-21T12:00:00Z");
  let folder: string;

  beforeEach(async () => {
    folder = join(cleanup.use(createScratchFolder()).path, "authority");
  });
  after(() => cleanup.disposeAsync());

  it("keeps its key in one private file in a private folder", async () => {
    await openAuthority(folder, { topology });
    expect((await stat(folder)).mode & 0o777).to.equal(0o700);
    expect((await stat(join(folder, "authority.pem"))).mode & 0o777).to.equal(0o600);
  });

  it("refuses a key that others may read, and says what to do", async () => {
    await openAuthority(folder, { topology });
    await chmod(join(folder, "authority.pem"), 0o644);
    const fault = await openAuthority(folder, { topology }).catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(ExposedFileError);
    expect(String(fault)).to.contain("chmod go-rwx");
  });

  it("is the same after it was opened again, and for two who open it at once", async () => {
    const opened = await Promise.all([
      openAuthority(folder, { topology }),
      openAuthority(folder, { topology }),
    ]);
    const again = await openAuthority(folder, { topology });
    expect(new Set([...opened, again].map(({ trustBundle }) => trustBundle)).size).to.equal(1);
  });

  it("signs leaves only: its certificate is an authority's, of path length 0", async () => {
    const { trustBundle } = await openAuthority(folder, { topology });
    const certificate = new X509Certificate(trustBundle);
    expect(certificate.ca).to.equal(true);
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
  });

  it("gives a workload a P-256 leaf of 24 hours with its SPIFFE id, for both sides of TLS", async () => {
    const authority = await openAuthority(folder, { topology, now });
    const issued = await authority.issue("payment");
    const leaf = new X509Certificate(issued.certificate);
    expect(leaf.subjectAltName).to.equal("URI:spiffe://mesh.test/ns/harness/sa/payment");
    expect(leaf.ca).to.equal(false);
    expect(leaf.keyUsage).to.deep.equal([serverAuth, clientAuth]);
    expect(leaf.publicKey.asymmetricKeyDetails).to.deep.equal({ namedCurve: "prime256v1" });
    expect(leaf.validTo).to.equal("Nov 22 12:00:00 2026 GMT");
    expect(leaf.validFrom, "clocks differ").to.equal("Nov 21 11:55:00 2026 GMT");
    expect(leaf.verify(new X509Certificate(authority.trustBundle).publicKey)).to.equal(true);
    expect(issued.privateKey).to.contain("BEGIN PRIVATE KEY");
  });

  it("gives every leaf a key and a serial number of its own", async () => {
    const authority = await openAuthority(folder, { topology });
    const leaves = await Promise.all(Array.from({ length: 20 }, () => authority.issue("user")));
    const serials = leaves.map(({ certificate }) => new X509Certificate(certificate).serialNumber);
    expect(new Set(serials).size).to.equal(20);
    for (const serial of serials) expect(serial).to.match(/^[4-7][0-9A-F]{31}$/);
    expect(new Set(leaves.map(({ privateKey }) => privateKey)).size).to.equal(20);
  });

  it("gives nothing to a workload that is not in the topology", async () => {
    const authority = await openAuthority(folder, { topology });
    expect(() => authority.issue("stranger")).to.throw('no workload "stranger"');
  });

  it("names servers and clients outside the mesh by what they are reached by", async () => {
    const authority = await openAuthority(folder, { topology });
    const server = new X509Certificate(
      (await authority.issueServer(["card-provider.example", "127.0.0.1"])).certificate,
    );
    expect(server.subjectAltName).to.equal("DNS:card-provider.example, IP Address:127.0.0.1");
    expect(server.keyUsage).to.deep.equal([serverAuth]);
    const client = new X509Certificate((await authority.issueClient("merchant.example")).certificate);
    expect(client.keyUsage).to.deep.equal([clientAuth]);
  });
});

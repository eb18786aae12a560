import { ServerCredentials, status } from "@grpc/grpc-js";
import { AsyncDisposableStack } from "@theseus/kit";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { type Identity, openAuthority, writeIdentity } from "../../src/identity/index.js";
import { contractPolicy } from "../harness/contract-policy.js";
import { type GrpcApplication, startApplication } from "../harness/grpc-application.js";
import { type GrpcCaller, grpcCaller } from "../harness/grpc-caller.js";
import { neighbourhood, startSidecar } from "../harness/sidecar.js";
import { topology } from "../harness/topology.js";

const authorize = "/theseus.provider.v1.CardProvider/Authorize";

describe("The way to the card provider", () => {
  const cleanup = new AsyncDisposableStack();
  const policy = contractPolicy();
  const names = topology.externals.map(({ serverName }) => serverName);
  let folder: string;
  let authority: Awaited<ReturnType<typeof openAuthority>>;

  before(async () => {
    folder = cleanup.use(createScratchFolder()).path;
    authority = await openAuthority(`${folder}/provider-ca`, { name: "the provider's authority", topology });
  });
  after(() => cleanup.disposeAsync());

  it("shows the merchant's certificate to a provider of the right authority and name", async () => {
    const { caller, provider } = await connectTo(
      "right",
      await authority.issueServer([...names, "127.0.0.1"]),
    );
    expect(await caller.call(authorize)).to.deep.equal({ status: "OK" });
    expect(provider.arrivals).to.have.length(1);
    expect(provider.arrivals[0]?.headers).not.to.have.property("authorization");
  });

  it("is not taken twice when the provider's answer leaves doubt, although the call is idempotent", async () => {
    const { caller, provider } = await connectTo("once", await authority.issueServer(names));
    provider.answer = async () => {
      throw { code: status.UNAVAILABLE, details: "not now" };
    };
    expect((await caller.call(authorize)).status).to.equal("UNAVAILABLE");
    expect(provider.arrivals).to.have.length(1);
  });

  it("is closed to a provider with another name, or of another authority", async () => {
    const other = await openAuthority(`${folder}/other-ca`, { topology });
    for (const [name, identity] of [
      ["name", await authority.issueServer(["elsewhere.example"])],
      ["ca", await other.issueServer(names)],
    ] as const) {
      const { caller, provider } = await connectTo(name, identity);
      expect(await caller.call(authorize)).to.include({
        status: "UNAVAILABLE",
        reason: "SERVICE_UNAVAILABLE",
      });
      expect(provider.arrivals).to.deep.equal([]);
    }
  });

  async function connectTo(
    name: string,
    identity: Identity,
  ): Promise<{ caller: GrpcCaller; provider: GrpcApplication }> {
    const root = `${folder}/${name}`;
    const around = await neighbourhood(root, await openAuthority(`${root}/ca`, { topology }), policy);
    const merchant = `${root}/merchant`;
    await writeIdentity(merchant, await authority.issueClient("merchant.example"));
    const provider = cleanup.use(
      await startApplication(policy, "127.0.0.1:0", mutualTls(identity, authority)),
    );
    const sidecar = cleanup.use(
      await startSidecar(around, {
        workload: "payment",
        ports: {},
        externals: { provider: { host: "127.0.0.1", port: provider.port, identity: merchant } },
      }),
    );
    return { caller: cleanup.use(grpcCaller(`unix:${sidecar.options.paths.outbound}`)), provider };
  }
});

function mutualTls({ certificate, privateKey }: Identity, { trustBundle }: { trustBundle: string }) {
  const pair = { cert_chain: Buffer.from(certificate), private_key: Buffer.from(privateKey) };
  return ServerCredentials.createSsl(Buffer.from(trustBundle), [pair], true);
}

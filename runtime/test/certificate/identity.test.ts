import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import { openAuthority } from "@theseus/mesh/identity";
import { rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import {
  type Admission,
  type Admitted,
  admit,
  assertInTime,
  type Envelope,
  fromStatement,
  ProofFault,
  type Proven,
  type Result,
  seal,
  toStatement,
  withoutProof,
} from "../../src/certificate/index.js";
import { contentHash } from "../../src/implementation/content-hash.js";
import { openSecrets, type Secrets } from "../../src/system/secrets.js";
import { fleet } from "../fleet.js";
import { noState } from "../no-state.js";
import { type MeshServer, startMeshServer } from "./mesh-server.js";
import { createShipyard, type Shipyard } from "./shipyard.js";

const dayMs = 24 * 3_600_000;

describe("an identity in the mesh", () => {
  let opened: AsyncDisposableStack;
  let yard: Shipyard;
  let secrets: Secrets;
  let server: MeshServer;
  let proven: Proven;

  beforeEach(async () => {
    opened = new AsyncDisposableStack();
    yard = opened.use(createShipyard());
    secrets = opened.use(await openSecrets(context()));
    const authority = await openAuthority(join(yard.home.secrets, "authority"), { topology: fleet });
    server = opened.use(await startMeshServer(await authority.issue("chart")));
    const proofs = await yard.proofs();
    proven = await proofs.prove({ service: "ship", implementation: yard.implementation() }, () => undefined);
  });
  afterEach(() => opened.disposeAsync());

  it("is given for a certificate, and lets it through the handshake", async () => {
    expect(await server.greets()).to.equal(false);
    const { admission, identity } = await start(byCertificate());
    expect(admission.by).to.equal("certificate");
    expect(await server.greets(identity.mesh)).to.equal(true);
  });

  const manipulations: Readonly<Record<string, readonly [string, () => unknown]>> = {
    "is cut off": ["no JSON", () => writeFileSync(proven.certificate, "{")],
    "is no envelope": ["no DSSE envelope", () => writeFileSync(proven.certificate, '{"payload":"e30="}')],
    "has another payload": ["does not fit", () => rewrite(({ payload }) => ({ payload: tampered(payload) }))],
    "has another signature": [
      "does not fit",
      () => rewrite((each) => ({ signatures: [{ ...first(each), sig: "AAAA" }] })),
    ],
    "is signed by nobody": ["nobody has signed it", () => rewrite(() => ({ signatures: [] }))],
    "is of another authority": ["another authority has signed it", () => reseal({}, foreignKey())],
    "is of another authority that takes our name": [
      "does not fit",
      () => {
        const { keyid } = first(envelope());
        reseal({}, foreignKey());
        rewrite((each) => ({ signatures: [{ ...first(each), keyid }] }));
      },
    ],
    "calls its payload something else": [
      "does not fit",
      () => rewrite(() => ({ payloadType: "text/plain" })),
    ],
    "was signed as something else": ["no in-toto statement: text/plain", () => signAs("text/plain")],
    "has expired": ["it expired at", () => yard.setTime(new Date(Date.now() + 31 * dayMs))],
    "is of the future": ["of the future", () => yard.setTime(new Date(Date.now() - dayMs))],
    "is of another service": ["of another service, chart", () => reseal({ service: "chart" })],
    "is of another build": ['"what was built" has changed', () => reseal({ contentHash: "00" })],
    "leaves an input out": [
      'does not cover "runtime"',
      () => reseal({ inputs: statement().inputs.filter(({ name }) => name !== "runtime") }),
    ],
    "has passed nothing": ["no passed test result", () => reseal({ passed: [] })],
    "is of a test that failed": [
      "no passed test result",
      () => reseal({}, ownKey(), ['"failedTests":[]', '"failedTests":["a"]']),
    ],
    "says that it failed": ["no passed test result", () => reseal({}, ownKey(), ['"PASSED"', '"FAILED"'])],
    "is of another kind": [
      "no passed test result",
      () => reseal({}, ownKey(), ["test-result/v0.1", "vulns/v0.2"]),
    ],
    "is stale, since a source has changed": [
      '"implementation: sources" has changed',
      () => yard.write("fleet/ship/go/main.go", "x"),
    ],
  };
  for (const [what, [why, manipulate]] of Object.entries(manipulations))
    it(`is refused for a certificate that ${what}, and so is the handshake`, async () => {
      manipulate();
      const fault = await rejectionOf(start(byCertificate()), ProofFault);
      expect(fault.problem).to.contain(why);
      expect(fault.remedy).to.contain("theseus certificate ship --impl");
      const leaf = join(yard.home.secrets, "identity", "ship-1");
      expect(existsSync(leaf), "a leaf").to.equal(false);
      expect(await server.greets()).to.equal(false);
    });

  it("that somebody makes alone is none", async () => {
    const foreign = await openAuthority(join(yard.home.path, "foreign"), { topology: fleet });
    const { certificate, privateKey } = await foreign.issue("ship");
    const files = ["certificate", "privateKey"].map((name) => join(yard.home.path, name));
    writeFileSync(files[0] ?? "", certificate);
    writeFileSync(files[1] ?? "", privateKey);
    const paths = { certificate: files[0] ?? "", privateKey: files[1] ?? "", trustBundle: "" };
    expect(await server.greets(paths)).to.equal(false);
  });

  it("is given to what runs already, byte by byte, and to nothing else without a proof", async () => {
    const hash = await contentHash(proven.implementation);
    const before: readonly Admitted[] = [{ contentHash: hash, admission: byCertificate() }];
    expect((await start(undefined, before)).admission).to.deep.equal(byCertificate());
    writeFileSync(join(proven.implementation.folder, "bin/ship"), "another");
    const fault = await rejectionOf(start(undefined, before), ProofFault);
    expect(fault.problem).to.contain("has no proof, and is not what was admitted before");
  });

  it("is given without proof for a reason and a time, also to its renewals and to more of it", async () => {
    const reason = withoutProof("the suite is broken", { now: new Date(), forMs: 60_000 });
    const { admission, identity } = await start(reason);
    expect(admission).to.deep.include({ by: "reason", reason: "the suite is broken" });
    expect(await server.greets(identity.mesh)).to.equal(true);
    const before = [{ contentHash: await contentHash(proven.implementation), admission }];
    expect((await start(undefined, before, "ship-2")).admission).to.deep.equal(reason);
    expect(() => withoutProof(" ")).to.throw(ProofFault, "no reason");
  });

  it("is renewed no more, and given to no more of it, when that time is over", async () => {
    const over = withoutProof("the suite is broken", { now: new Date(Date.now() - 60_001), forMs: 60_000 });
    const before = [{ contentHash: await contentHash(proven.implementation), admission: over }];
    expect((await rejectionOf(start(over), ProofFault)).problem).to.contain("gets no new certificate");
    expect((await rejectionOf(start(undefined, before), ProofFault)).problem).to.contain("has no proof");
    let isOver = false;
    const identity = await secrets.openIdentity({
      instance: "ship-1",
      workload: "ship",
      mayIssue: () => isOver && assertInTime("ship-1", over),
    });
    isOver = true;
    for (const { renew } of identity.kept) await rejectionOf(renew(), ProofFault);
  });

  it("stays as it is where a supervisor takes over what gets no new one", async () => {
    let isOver = false;
    const over = withoutProof("the suite is broken", { now: new Date(0), forMs: 1 });
    const ship = {
      instance: "ship-1",
      workload: "ship",
      mayIssue: () => isOver && assertInTime("ship-1", over),
    };
    const { mesh } = await secrets.openIdentity(ship);
    isOver = true;
    const before = readFileSync(mesh.certificate, "utf8");
    const later = opened.use(await openSecrets(context()));
    const taken = await later.openIdentity(ship);
    expect(taken.mesh).to.deep.equal(mesh);
    expect(taken.kept).to.deep.equal([]);
    expect(readFileSync(mesh.certificate, "utf8")).to.equal(before);
    expect(await server.greets(taken.mesh)).to.equal(true);
    await rejectionOf(later.openIdentity({ ...ship, instance: "ship-2" }), ProofFault);
  });

  it("is the operator's word in a system without a suite", async () => {
    const asking = { service: "ship", implementation: proven.implementation, contentHash: "00" };
    expect(await admit(asking, [], undefined)).to.deep.equal({ by: "operator" });
  });

  function byCertificate(): Admission {
    return { by: "certificate", certificate: proven.certificate };
  }

  /** As an instance starts. */
  async function start(brought?: Admission, before: readonly Admitted[] = [], instance = "ship-1") {
    const { implementation } = proven;
    const asking = { service: "ship", implementation, contentHash: await contentHash(implementation) };
    const proofs = await yard.proofs();
    const admission = await admit({ ...asking, ...(brought && { admission: brought }) }, before, proofs);
    const mayIssue = () => assertInTime(instance, admission);
    return { admission, identity: await secrets.openIdentity({ instance, workload: "ship", mayIssue }) };
  }

  function envelope(): Envelope {
    return JSON.parse(readFileSync(proven.certificate, "utf8")) as Envelope;
  }

  function rewrite(change: (envelope: Envelope) => Partial<Envelope>): void {
    writeFileSync(proven.certificate, JSON.stringify({ ...envelope(), ...change(envelope()) }));
  }

  function statement(): Result {
    return fromStatement(Buffer.from(envelope().payload, "base64").toString());
  }

  /** Signs another statement; the replaced text is one that no result can have. */
  function reseal(
    changes: Partial<Result>,
    key = ownKey(),
    [from, to]: readonly [string, string] = ["", ""],
  ): void {
    const text = toStatement({ ...statement(), ...changes }).replace(from, to);
    writeFileSync(proven.certificate, JSON.stringify(seal(text, key)));
  }

  /** A text that the key has signed is not what it says, but what it was signed as. */
  function signAs(payloadType: string): void {
    const body = Buffer.from(envelope().payload, "base64");
    const signed = Buffer.concat([
      Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `),
      body,
    ]);
    const sig = sign("sha256", signed, ownKey()).toString("base64");
    rewrite((each) => ({ payloadType, signatures: [{ ...first(each), sig }] }));
  }

  function ownKey(): KeyObject {
    return createPrivateKey(readFileSync(join(yard.home.secrets, "proofs", "proofs.pem")));
  }

  function context(): Parameters<typeof openSecrets>[0] {
    const policy = { methods: [], reasons: [] };
    const envoy = { file: "", version: "" };
    const places = { run: "", checkout: yard.checkout, env: {}, envoy, signal: new AbortController().signal };
    const told = { keepSecrets: () => ({}), report: () => undefined, state: noState };
    const contract = new Uint8Array();
    return {
      home: yard.home,
      topology: { ...fleet, externals: [] },
      policy,
      contract,
      allowedHosts: [],
      ...places,
      ...told,
    };
  }
});

function first({ signatures }: Envelope): Envelope["signatures"][number] {
  const [signature] = signatures;
  if (signature === undefined) throw new Error("nobody has signed it");
  return signature;
}

function tampered(payload: string): string {
  const text = Buffer.from(payload, "base64").toString();
  return Buffer.from(text.replace("ship/floats", "ship/floatS")).toString("base64");
}

function foreignKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

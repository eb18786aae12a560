import { createPublicKey, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runToEnd } from "@theseus/testing";
import { expect } from "chai";
import { createShipyard } from "./shipyard.js";

describe("the file of a certificate", () => {
  const yard = createShipyard();
  after(() => yard[Symbol.dispose]());

  interface Taken {
    readonly signed: Buffer;
    readonly signature: Buffer;
    readonly keyid: string;
    readonly body: string;
    readonly publicFile: string;
  }

  /** As https://github.com/secure-systems-lab/dsse/blob/master/protocol.md says, without a line of what is tested. */
  async function takeApart(): Promise<Taken> {
    const proofs = await yard.proofs();
    const candidate = { service: "ship", implementation: yard.implementation() };
    const { certificate } = await proofs.prove(candidate, () => undefined);
    const { payloadType, payload, signatures } = JSON.parse(readFileSync(certificate, "utf8"));
    expect(payloadType).to.equal("application/vnd.in-toto+json");
    const body = Buffer.from(payload, "base64").toString();
    const signed = Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${Buffer.byteLength(body)} ${body}`);
    const [{ sig, keyid }] = signatures;
    return { signed, signature: Buffer.from(sig, "base64"), keyid, body, publicFile: proofs.key.publicFile };
  }

  it("is a DSSE envelope that openssl verifies with the public key beside the private one", async function () {
    const { signed, signature, publicFile } = await takeApart();
    const [message, sig] = ["message", "signature"].map((name) => join(yard.checkout, name));
    writeFileSync(message ?? "", signed);
    writeFileSync(sig ?? "", signature);
    const args = ["dgst", "-sha256", "-verify", publicFile, "-signature", sig ?? "", message ?? ""];
    const found = await runToEnd(["openssl", "version"]).catch(() => undefined);
    if (found?.code !== 0) return this.skip();
    expect(await runToEnd(["openssl", ...args])).to.include({ code: 0, stdout: "Verified OK\n" });
    writeFileSync(message ?? "", Buffer.concat([signed, Buffer.from(" ")]));
    expect((await runToEnd(["openssl", ...args])).code).to.equal(1);
  });

  it("names the key by the SHA-256 of its public part", async () => {
    const { signed, signature, keyid, publicFile } = await takeApart();
    const key = createPublicKey(readFileSync(publicFile));
    expect(verify("sha256", signed, key, signature)).to.equal(true);
    const der = key.export({ type: "spki", format: "der" });
    const { createHash } = await import("node:crypto");
    expect(keyid).to.equal(createHash("sha256").update(der).digest("hex"));
  });

  it("holds an in-toto statement with a test result", async () => {
    const { _type, subject, predicateType, predicate } = JSON.parse((await takeApart()).body);
    expect(_type).to.equal("https://in-toto.io/Statement/v1");
    expect(predicateType).to.equal("https://in-toto.io/attestation/test-result/v0.1");
    expect(subject[0].name).to.equal("ship (go)");
    expect(subject[0].digest.sha256).to.match(/^[0-9a-f]{64}$/);
    expect(predicate).to.include({ result: "PASSED" });
    expect(predicate.passedTests).to.deep.equal(["ship/contract", "ship/floats"]);
    expect(predicate.failedTests).to.deep.equal([]);
    const names = predicate.configuration.map(({ name }: { readonly name: string }) => name);
    expect(names).to.include.members(["contract", "suite: cases", "runtime", "environment: TZ"]);
    expect(predicate["https://theseus.local/certificate/v1"]).to.include({ releasedSuite: null });
  });
});

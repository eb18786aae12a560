import { createPublicKey, verify } from "node:crypto";
import { expect } from "chai";
import {
  asAdministrator,
  asUser,
  asWorkload,
  type CallerOptions,
  callerHeaders,
  createSigningJwk,
  encodeClaims,
  signAccessToken,
} from "../src/index.js";

const XFCC = "x-forwarded-client-cert";
const CLAIMS = "x-theseus-claims";

describe("a caller", () => {
  it("without anything has no headers", () => {
    expect(callerHeaders({})).to.deep.equal({});
  });

  it("that is a workload comes with its certificate alone", () => {
    const { metadata } = asWorkload("payment");
    expect(metadata.getMap()).to.have.keys(XFCC);
    expect(metadata.get(XFCC)[0]).to.match(/;URI=spiffe:\/\/theseus\.local\/ns\/shop\/sa\/payment$/);
  });

  it("of another trust domain says so", () => {
    const headers = callerHeaders({ workload: "payment", trustDomain: "elsewhere.example" });
    expect(headers[XFCC]).to.contain("URI=spiffe://elsewhere.example/ns/shop/sa/payment");
  });

  it("that is a user comes with claims, and through a workload when that is said", () => {
    expect(claimsOf(asUser("users/ann"))).to.deep.equal({ sub: "users/ann", roles: ["customer"], sid: "s1" });
    const { metadata } = asUser("users/ann", { workload: "gateway", session: "s2", requestId: "r1" });
    expect(metadata.getMap()).to.have.keys(XFCC, CLAIMS, "x-request-id");
    expect(claimsOf({ metadata })).to.have.property("sid", "s2");
  });

  it("that is an administrator has the role", () => {
    const claims = { sub: "users/root", roles: ["customer", "admin"], sid: "s1" };
    expect(claimsOf(asAdministrator())).to.deep.equal(claims);
  });

  it("can claim what no token says", () => {
    expect(Buffer.from(encodeClaims(["no", "object"]), "base64url").toString()).to.equal('["no","object"]');
  });
});

describe("an access token", () => {
  const key = createSigningJwk("k1");

  it("is signed by its key, and lasts as long as those of the shop", () => {
    const token = signAccessToken(key, { sub: "users/ann" });
    const [header = "", payload = "", signature = ""] = token.split(".");
    expect(parse(header)).to.deep.equal({ alg: "ES256", typ: "JWT", kid: "k1" });
    const claims = parse(payload);
    expect(claims).to.include({ iss: "https://theseus.local", aud: "shop", sub: "users/ann", sid: "s1" });
    expect(Number(claims.exp) - Number(claims.iat)).to.equal(50);
    const { d: _, ...publicJwk } = key;
    const publicKey = createPublicKey({ key: publicJwk, format: "jwk" });
    const signed = Buffer.from(`${header}.${payload}`);
    const right = verify(
      "sha256",
      signed,
      { key: publicKey, dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    );
    expect(right).to.equal(true);
  });

  it("has any other claim and header that is given", () => {
    const [header = "", payload = ""] = signAccessToken(key, { aud: "elsewhere" }, { kid: "k2" }).split(".");
    expect(parse(header)).to.include({ kid: "k2" });
    expect(parse(payload)).to.include({ aud: "elsewhere" });
  });
});

function claimsOf({ metadata }: CallerOptions): unknown {
  return parse(String(metadata.get(CLAIMS)[0]));
}

function parse(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}

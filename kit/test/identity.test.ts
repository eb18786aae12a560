import {
  asAdministrator,
  asCaller,
  type CallerOptions,
  encodeClaims,
  identity,
  rejectionOf,
} from "@theseus/testing";
import { expect } from "chai";
import {
  type Call,
  ErrorReason,
  type Identity,
  isAdmin,
  type ServeOptions,
  StatusError,
} from "../src/index.js";
import { item, startInventory } from "./fake-inventory.js";

const PLACE = "/ns/shop/sa/gateway";

/** The call as a handler sees it that is open to everybody. */
async function seenOf(caller: CallerOptions, options: Partial<ServeOptions> = {}): Promise<Call> {
  let seen: Call | undefined;
  const getItem = async (_: unknown, call: Call) => {
    seen = call;
    return item();
  };
  await using shop = await startInventory({ getItem }, options);
  await shop.client.getItem({ name: "items/oar" }, caller);
  if (seen === undefined) throw new Error("the handler was not reached");
  return seen;
}

/** Why a call does not reach its handler. */
async function refusalOf(caller: CallerOptions, options: Partial<ServeOptions> = {}): Promise<string> {
  return ErrorReason[(await rejectionOf(seenOf(caller, options), StatusError)).reason];
}

function withHeader(name: string, value: string): CallerOptions {
  const options = asCaller({});
  options.metadata.set(name, value);
  return options;
}

const certified = (certificate: string) => withHeader("x-forwarded-client-cert", certificate);
const claiming = (claims: unknown) => withHeader("x-theseus-claims", encodeClaims(claims));

describe("the calling workload", () => {
  const uri = `URI=spiffe://${identity.trustDomain}${PLACE}`;
  for (const [what, certificate] of [
    ["alone", uri],
    [
      "in quotes, beside other facts",
      `By=spiffe://x/y;Hash=0a;Subject="CN=x";URI="${uri.slice(4)}";DNS=shop`,
    ],
    ["in the last of several elements", `URI=spiffe://${identity.trustDomain}/ns/shop/sa/user,${uri}`],
    ["beside another identity of the same certificate", `URI=spiffe://elsewhere/ns/shop/sa/user;${uri}`],
  ] as const) {
    it(`is the one whose identity the certificate has ${what}`, async () => {
      expect(await seenOf(certified(certificate))).to.include({ caller: "gateway" });
    });
  }

  for (const [what, certificate] of [
    ["another trust domain", `URI=spiffe://elsewhere${PLACE}`],
    ["a trust domain that is only like it", `URI=spiffe://${identity.trustDomain.replace(".", "x")}${PLACE}`],
    ["a trust domain that ends like it", `URI=spiffe://evil.${identity.trustDomain}${PLACE}`],
    ["the right identity in an element before the last", `${uri},URI=spiffe://elsewhere${PLACE}`],
    ["the right identity in another field", `Subject="${uri}"`],
    ["no identity at all", "Hash=0a"],
  ] as const) {
    it(`is unknown for ${what}`, async () => {
      expect(await refusalOf(certified(certificate))).to.equal("CALLER_DENIED");
    });
  }

  it("is unknown to a server that has no identity to compare with", async () => {
    expect(await refusalOf(certified(uri), { identity: undefined })).to.equal("CALLER_DENIED");
  });
});

describe("the end user", () => {
  const other: Identity = { trustDomain: "mesh", subjectPrefix: "accounts/", adminRole: "keeper" };
  const claims = { sub: "accounts/ann", roles: ["keeper"], sid: "s9" };

  it("is who the claims say, by the prefix and the role that the server was given", async () => {
    const { principal } = await seenOf(claiming(claims), { identity: other });
    const user = { user: "accounts/ann", roles: ["keeper"], sessionId: "s9", isAdmin: true };
    expect(principal).to.deep.equal(user);
    expect(isAdmin(principal)).to.equal(true);
    const { principal: customer } = await seenOf(claiming({ ...claims, roles: ["admin", "keepers"] }), {
      identity: other,
    });
    expect(isAdmin(customer)).to.equal(false);
  });

  for (const [what, wrong] of [
    ["another prefix", { ...claims, sub: "users/ann" }],
    ["no subject", { ...claims, sub: undefined }],
    ["roles that are no list of texts", { ...claims, roles: "keeper" }],
    ["no session", { ...claims, sid: 9 }],
    ["no object", null],
    ["half of a surrogate pair", { ...claims, other: ["\ud83d"] }],
    ["half of a surrogate pair in a name", { ...claims, "\ude00": 1 }],
  ] as const) {
    it(`is refused for claims with ${what}`, async () => {
      expect(await refusalOf(claiming(wrong), { identity: other })).to.equal("TOKEN_INVALID");
    });
  }

  for (const [what, encoded] of [
    ["padding", "e30="],
    ["bits that say nothing", "e31"],
    ["a character too many", "e30AA"],
    ["a byte that is not UTF-8", Buffer.from('{"a":"\xff"}', "latin1").toString("base64url")],
  ] as const) {
    it(`is refused for claims with ${what}`, async () => {
      const refused = refusalOf(withHeader("x-theseus-claims", encoded), { identity: other });
      expect(await refused).to.equal("TOKEN_INVALID");
    });
  }

  it("is refused by a server that has no identity to compare with, but nobody is not", async () => {
    expect(await refusalOf(asAdministrator(), { identity: undefined })).to.equal("TOKEN_INVALID");
    expect(isAdmin((await seenOf(asCaller({}), { identity: undefined })).principal)).to.equal(false);
  });
});

import type { DescMethod } from "@bufbuild/protobuf";
import { Auth, findPolicy, type Way } from "@theseus/kit/contract";
import type { Scene } from "../../run/scene.js";
import { IDENTITY } from "../../targets/identity.js";
import type { PlannedCall } from "./planned-call.js";
import type { Random } from "./random.js";

const EVERYBODY = [
  "nobody",
  "user a",
  "user b",
  "admin root",
  "workload stranger",
  "developer",
  "developer root",
];

/** Users who are known. */
export interface KnownCallers {
  /** Whom earlier answers have named. */
  readonly callers: readonly string[];
  readonly scene: Scene;
}

/** Who calls a method: somebody whom its policy lets in as a rule, anybody else now and then. */
export function callerOf(method: DescMethod, random: Random, { callers, scene }: KnownCallers): string {
  const ways = findPolicy(method)?.allow ?? [];
  const allowed = ways.flatMap(callersBy);
  const isUsers = takesUsers(method);
  if (isUsers && callers.length > 0 && random.chance(0.6)) return random.pick(callers);
  if (isUsers && scene.callers.length > 0 && random.chance(0.06)) return random.pick(scene.callers);
  if (allowed.length > 0 && random.chance(0.93)) return random.pick(allowed);
  return random.pick([...EVERYBODY, ...ways.map(({ caller }) => `workload ${caller}`)]);
}

/** True for a method that is called by users for themselves. */
export function takesUsers(method: DescMethod): boolean {
  return findPolicy(method)?.allow.some(({ auth }) => auth === Auth.USER) ?? false;
}

function callersBy({ caller, auth }: Way): readonly string[] {
  switch (auth) {
    case Auth.PUBLIC:
      return ["nobody", "user a", "admin root"];
    case Auth.USER:
      return ["user a", "user a", "user b", "admin root"];
    case Auth.ADMIN:
      return ["admin root"];
    case Auth.NONE:
      return [`workload ${caller}`];
    default:
      return [];
  }
}

/** Bytes of metadata that a call may well have. */
const MUCH = 12_000;

/** Metadata that a sidecar would not have set so. */
export function strangeMetadata(random: Random): PlannedCall["metadata"] {
  switch (random.below(5)) {
    case 0:
      return { "x-forwarded-client-cert": random.pick(CERTIFICATES) };
    case 1:
      return { "x-conformance-much": "a".repeat(MUCH) };
    case 2:
      return {
        [random.pick(["x-request-id", "traceparent", "x-theseus-source"])]: random.pick(TEXTS),
      };
    default:
      return { "x-theseus-claims": encodedClaims(random) };
  }
}

const TEXTS = [
  "",
  "a",
  "~",
  "1.2.3.4",
  "a".repeat(600),
  "00-00000000000000000000000000000000-0000000000000000-00",
];

const of = (workload: string) => `URI=spiffe://${IDENTITY.TRUST_DOMAIN}/ns/shop/sa/${workload}`;

const CERTIFICATES: readonly (string | readonly string[])[] = [
  "",
  of("gateway"),
  `${of("stranger")},${of("gateway")}`,
  `${of("gateway")},${of("stranger")}`,
  [of("gateway"), of("stranger")],
  [of("stranger"), of("gateway")],
  `By=spiffe://${IDENTITY.TRUST_DOMAIN}/ns/shop/sa/x;Hash=00;Subject="CN=a,O=\\"b;URI=c\\"";${of("gateway")}`,
  `${of("gateway")};${of("stranger")}`,
  of("gateway").toLowerCase(),
  of("gateway").replace("URI=", 'URI="').concat('"'),
  `${of("gateway")}/`,
  `${of("gateway")},`,
  of("Gateway"),
  of("gate%77ay"),
  "URI=spiffe://elsewhere.example/ns/shop/sa/gateway",
  `URI=spiffe://${IDENTITY.TRUST_DOMAIN}/sa/gateway`,
];

const SUB = `"sub":"${IDENTITY.TOKEN_SUBJECT_PREFIX}a"`;
const ROLES = `"roles":["${IDENTITY.ADMIN_ROLE}"]`;
const WHOLE = `${SUB},${ROLES},"sid":"s"`;

const PAYLOADS: readonly string[] = [
  `{${WHOLE}}`,
  `{${WHOLE},"exp":Infinity}`,
  `{${WHOLE},"exp":NaN}`,
  `{${WHOLE},"exp":1e999}`,
  `{${WHOLE},"exp":01}`,
  `{${WHOLE},"more":${"[`.repeat(200)}${`]".repeat(200)}}`,
  `{${WHOLE},"more":"\\ud800"}`,
  `{${WHOLE},"more":"\t"}`,
  `{${WHOLE},}`,
  `{${WHOLE}}{}`,
  ` {${WHOLE}}\n`,
  `\ufeff{${WHOLE}}`,
  `{${WHOLE},${SUB.replace('a"', 'b"')}}`,
  `{"sub":"${IDENTITY.TOKEN_SUBJECT_PREFIX}\\ud800",${ROLES},"sid":"s"}`,
  `{"sub":"${IDENTITY.TOKEN_SUBJECT_PREFIX}",${ROLES},"sid":"s"}`,
  `{"\\u0073ub":"${IDENTITY.TOKEN_SUBJECT_PREFIX}a",${ROLES},"sid":"s"}`,
  `{"sub":"others/a",${ROLES},"sid":"s"}`,
  `{"sub":7,${ROLES},"sid":"s"}`,
  `{${SUB},"roles":null,"sid":"s"}`,
  `{${SUB},"roles":[7],"sid":"s"}`,
  `{${SUB},"roles":[],"sid":"s"}`,
  `{${SUB},${ROLES},"sid":""}`,
  `{${SUB},${ROLES},"sid":null}`,
  `{${SUB},${ROLES}}`,
  `[{${WHOLE}}]`,
  "null",
  "",
];

function encodedClaims(random: Random): string {
  const encoded = Buffer.from(random.pick(PAYLOADS)).toString("base64url");
  return random.pick([
    encoded,
    encoded,
    encoded,
    encoded,
    `${encoded}=`,
    `${encoded}.`,
    `${encoded}A`,
    `${encoded}+/`,
  ]);
}

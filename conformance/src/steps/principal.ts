import { Metadata } from "@grpc/grpc-js";
import type { CallOptions } from "../cases/call-steps.js";
import type { Fields, Value } from "../cases/value.js";
import type { Scope } from "../expectations/scope.js";
import { IDENTITY } from "../targets/identity.js";

const ROLES: Readonly<Record<string, readonly string[]>> = {
  user: ["customer"],
  admin: ["customer", IDENTITY.ADMIN_ROLE],
  developer: ["customer", IDENTITY.ADMIN_ROLE],
};

const WITHOUT_TOKEN = ["workload", "nobody", "developer"];

/**
 * The metadata with which a sidecar would hand a call on: who calls, and for whom.
 * `user alice` and `admin root` come through the gateway with a token, `workload orders` on its own behalf, `nobody`
 * through the gateway without a token, `developer` without a mesh (`developer root` with an administrator's token),
 * `bearer ${access}` through the gateway with this access token.
 */
export function callMetadata(options: CallOptions, scope: Scope): Metadata {
  const metadata = new Metadata();
  const [kind = "", name = ""] = scope.fill(options.as ?? "nobody").split(" ");
  const workload = kind === "workload" ? name : "gateway";
  if (kind !== "developer")
    metadata.set("x-forwarded-client-cert", `URI=spiffe://${IDENTITY.TRUST_DOMAIN}/ns/shop/sa/${workload}`);
  const roles = ROLES[kind];
  if (kind === "bearer") metadata.set("x-theseus-claims", name.split(".")[1] ?? "");
  else if (roles !== undefined && name !== "")
    metadata.set("x-theseus-claims", claims(scope.user(name), roles, scope.session(name)));
  else if (!WITHOUT_TOKEN.includes(kind)) throw new Error(`"${options.as}" is nobody who could call`);
  for (const [key, value] of Object.entries(options.metadata ?? {})) {
    metadata.remove(key);
    for (const text of textsOf(scope.fill(value))) metadata.add(key, text);
  }
  return metadata;
}

/** A list is a header that comes so many times. */
function textsOf(value: Value): readonly string[] {
  return Array.isArray(value) ? value.map(toText) : [toText(value)];
}

function toText(value: Value): string {
  if (value === null || typeof value !== "object") return String(value);
  return Buffer.from(String((value as Fields).$base64url)).toString("base64url");
}

function claims(user: string, roles: readonly string[], session: string): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: IDENTITY.TOKEN_ISSUER,
    aud: IDENTITY.TOKEN_AUDIENCE,
    sub: user,
    roles,
    sid: session,
    iat: now,
    exp: now + 600,
  };
  return Buffer.from(JSON.stringify(payload)).toString("base64url");
}

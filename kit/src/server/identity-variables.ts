import { allOf, allOrNone } from "../process/env.js";
import { type Variable, variable } from "../process/variable.js";
import type { Identity } from "./identity.js";

const SHAPE = {
  trustDomain: variable.matching("TRUST_DOMAIN", /^[a-z0-9._-]{1,255}$/, {
    wanted: "must be a SPIFFE trust domain: 1 to 255 of a-z, 0-9, dots, underscores and hyphens",
  }),
  subjectPrefix: variable.text("TOKEN_SUBJECT_PREFIX"),
  adminRole: variable.text("ADMIN_ROLE"),
};

/**
 * Who callers and end users are: TRUST_DOMAIN, TOKEN_SUBJECT_PREFIX and ADMIN_ROLE. With `optional` they come together or
 * not at all.
 *
 * @example const config = parseEnv(env, { identity: identityVariables({ optional: true }) });
 */
export function identityVariables(): Variable<Identity>;
export function identityVariables(presence: { readonly optional: true }): Variable<Identity | undefined>;
export function identityVariables(presence?: {
  readonly optional: true;
}): Variable<Identity> | Variable<Identity | undefined> {
  return presence?.optional ? allOrNone(SHAPE) : allOf(SHAPE);
}

/**
 * Who callers and end users are in the suite, by the variables of the launch protocol that hand it over. Targets, the
 * metadata of calls and the expectations of cases all take it from here. It is not the shop's, so that an implementation
 * which knows that by heart fails.
 */
export const IDENTITY = {
  TRUST_DOMAIN: "conformance.example",
  TOKEN_ISSUER: "https://conformance.example",
  TOKEN_AUDIENCE: "conformance",
  TOKEN_SUBJECT_PREFIX: "users/",
  ADMIN_ROLE: "admin",
} as const;

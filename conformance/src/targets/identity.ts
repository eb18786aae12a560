/**
 * Who callers and end users are in the suite, by the variables of the launch protocol that hand it over. Targets, the
 * metadata of calls and the expectations of cases all take it from here.
 */
export const IDENTITY = {
  TRUST_DOMAIN: "theseus.local",
  TOKEN_ISSUER: "https://theseus.local",
  TOKEN_AUDIENCE: "shop",
  TOKEN_SUBJECT_PREFIX: "users/",
  ADMIN_ROLE: "admin",
} as const;

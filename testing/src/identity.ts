/** Who is who where the shop's services are tested: what a sidecar checks and the launch protocol hands over. */
export const identity = {
  /** SPIFFE trust domain of the workloads. */
  trustDomain: "theseus.local",
  /** What the subject of an access token begins with. */
  subjectPrefix: "users/",
  /** The role of an administrator's access token. */
  adminRole: "admin",
  issuer: "https://theseus.local",
  audience: "shop",
} as const;

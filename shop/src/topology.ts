import type { CommonVariable, SystemTopology } from "@theseus/runtime/control";

/** For every service that must know who calls it. */
const callers = {
  TRUST_DOMAIN: { from: "identity", field: "trustDomain" },
  TOKEN_SUBJECT_PREFIX: { from: "identity", field: "tokenSubjectPrefix" },
  ADMIN_ROLE: { from: "identity", field: "adminRole" },
} as const satisfies Record<string, CommonVariable>;

/** What the shop is made of. Who may call whom, how long and how often is in the contract. */
export const topology: SystemTopology = {
  name: "shop",
  language: "typescript",
  port: 8080,
  identity: {
    trustDomain: "theseus.local",
    namespace: "shop",
    tokenIssuer: "https://theseus.local",
    tokenAudience: "shop",
    tokenSubjectPrefix: "users/",
    adminRole: "admin",
  },
  workloads: [
    {
      name: "gateway",
      services: [],
      implementations: "gateway",
      store: { kind: "none" },
      variables: {
        MESH: { from: "sidecar" },
        MAX_CALLS: { from: "environment" },
        MAX_STREAMS: { from: "environment" },
        MAX_STREAMS_PER_CLIENT: { from: "environment" },
      },
    },
    {
      name: "user",
      services: ["theseus.user.v1.UserService"],
      implementations: "services/user",
      store: { kind: "mongodb", database: "theseus_user" },
      variables: {
        MONGODB_URL: { from: "store" },
        LAUNCH_STANDBY_FILE: { from: "standby" },
        SIGNING_KEYS: { from: "signing-keys" },
        BOOTSTRAP_ADMIN: { from: "secret", file: "bootstrap-admin.json" },
        PASSWORD_COST: { from: "environment" },
        TOKEN_ISSUER: { from: "identity", field: "tokenIssuer" },
        TOKEN_AUDIENCE: { from: "identity", field: "tokenAudience" },
        ...callers,
      },
    },
    {
      name: "inventory",
      services: ["theseus.inventory.v1.InventoryService"],
      implementations: "services/inventory",
      store: {
        kind: "redis",
        keys: ["inventory:*"],
        commands: [
          ...["ping", "info", "eval", "evalsha", "xread"],
          // Of the scripts.
          ...[
            "exists",
            "get",
            "hexists",
            "hget",
            "hmget",
            "hset",
            "pexpireat",
            "sadd",
            "set",
            "smembers",
            "srem",
          ],
          ...["time", "unlink", "xadd", "xinfo|stream", "xrange", "zadd", "zrange", "zrem"],
        ],
      },
      variables: {
        REDIS_URL: { from: "store" },
        LAUNCH_STANDBY_FILE: { from: "standby" },
        ...callers,
      },
    },
    {
      name: "payment",
      services: ["theseus.payment.v1.PaymentService"],
      implementations: "services/payment",
      store: { kind: "mongodb", database: "theseus_payment" },
      variables: {
        MONGODB_URL: { from: "store" },
        LAUNCH_STANDBY_FILE: { from: "standby" },
        MESH: { from: "sidecar" },
        RECOVER_AFTER_MS: { from: "environment" },
        ...callers,
      },
    },
  ],
  externals: [
    {
      name: "provider",
      title: "card provider",
      services: ["theseus.provider.v1.CardProvider"],
      serverName: "card-provider.example",
      implementations: "services/provider",
      port: 0,
      variables: {
        LEDGER: { from: "data", file: "ledger.jsonl" },
        TLS_CERT: { from: "certificate", part: "certificate" },
        TLS_KEY: { from: "certificate", part: "privateKey" },
        TLS_CLIENT_CA: { from: "certificate", part: "trustBundle" },
      },
    },
  ],
};

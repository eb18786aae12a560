export { type Authority, type AuthorityOptions, openAuthority } from "./authority.js";
export type { Identity } from "./certificate.js";
export { type IdentityPaths, identityPaths, writeIdentity } from "./identity-folder.js";
export { createLoopbackIdentity } from "./loopback-identity.js";
export {
  assertPrivate,
  createPrivateFile,
  ExposedFileError,
  ensurePrivateFolder,
} from "./private-file.js";
export { type KeptIdentity, keepIdentity, type RenewalOptions } from "./renewal.js";
export { createSigningKey, type PublicKey, type SigningKey, toPublic } from "./signing-key.js";
export {
  type KeyRotation,
  openSigningKeys,
  type PublishKeys,
  type SigningKeys,
  type SigningKeysOptions,
} from "./signing-keys.js";

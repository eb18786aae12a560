export type { SidecarPlace } from "../pair/sidecar-place.js";
export { type KeepRetiredKeys, keepRetiredKeysShort } from "./keep-retired-keys.js";
export { type RotateCertificates, rotateCertificates } from "./rotate-certificates.js";
export { type KeyStep, type RotateKeys, rotateKeys } from "./rotate-keys.js";
export { openTokenKeys, type TokenKeys, type TokenKeysOptions } from "./token-keys.js";

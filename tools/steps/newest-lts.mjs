// The newest Node.js LTS, for the tests that show that the shop runs on it too, out of npm's own packages.
import { join } from "node:path";
import { npmPackage } from "../checkout/npm-package.mjs";

export const VERSION = "26.10.0";
/** @type {Readonly<Record<string, string>>} */
const INTEGRITY = {
  "linux-x64":
    "sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==",
  "linux-arm64":
    "sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==",
  "darwin-x64":
    "sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==",
};

const platform = `${process.platform}-${process.arch}`;

/** Why it cannot be had here, if so. */
export function whyNoNewestLts() {
  return platform in INTEGRITY ? undefined : `npm has no Node.js ${VERSION} for ${platform}`;
}

/** Path of the binary, which is fetched the first time. */
export function newestLts() {
  return join(npmPackage(`node-${platform}@${VERSION}`, INTEGRITY[platform] ?? ""), "bin/node");
}

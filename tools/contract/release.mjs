// npm run contract:release -- 0.2.0 — adds the contract as it stands to the released ones.
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf } from "../checkout/thrown.mjs";
import { buildImage } from "./image.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Adds proto/baseline/<version>.binpb and its digest.
 * @param {string} root     the checkout
 * @param {string} version  MAJOR.MINOR.PATCH, not released before
 * @returns {string} the image's path, relative to the checkout
 */
export function releaseContract(root, version) {
  const file = `proto/baseline/${version}.binpb`;
  if (!/^\d+\.\d+\.\d+$/.test(version))
    throw new Error("usage: npm run contract:release -- MAJOR.MINOR.PATCH");
  if (existsSync(join(root, file)))
    throw new Error(`${file} is released and never changes; choose the next version`);
  mkdirSync(join(root, "proto/baseline"), { recursive: true });
  buildImage(root, file);
  const digest = createHash("sha256")
    .update(readFileSync(join(root, file)))
    .digest("hex");
  appendFileSync(join(root, "proto/baseline/SHA256SUMS"), `${digest}  ${version}.binpb\n`);
  const accepted = join(root, "proto/baseline/accepted.json");
  if (!existsSync(accepted)) writeFileSync(accepted, "[]\n");
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(`${releaseContract(ROOT, process.argv[2] ?? "")} added; commit the folder proto/baseline`);
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 2;
  }
}

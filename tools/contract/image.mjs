// The contract as one file: what the .proto files say, all that they import, and what every status carries.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Folders of the workspace whose files are in it. The services' answers use the second without importing all of it. */
const CONTENTS = ["proto/theseus", "third_party/google/rpc"];

/**
 * Builds a serialised google.protobuf.FileDescriptorSet without source info.
 * @param {string} root  the checkout
 * @param {string} out   the file to write
 * @throws {Error} with what buf says in `stderr`
 */
export function buildImage(root, out) {
  const paths = CONTENTS.flatMap((folder) => ["--path", folder]);
  runBuf(root, "build", ...paths, "--exclude-source-info", "--as-file-descriptor-set", "-o", out);
}

/**
 * Runs buf in a checkout.
 * @param {string} root
 * @param {readonly string[]} args
 * @returns {string} what it prints
 * @throws {Error} with its exit code in `status`, and its texts in `stdout` and `stderr`
 */
export function runBuf(root, ...args) {
  return execFileSync(process.execPath, [join(root, "node_modules/@bufbuild/buf/bin/buf"), ...args], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

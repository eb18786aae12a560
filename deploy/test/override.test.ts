import { expect } from "chai";
import { parse } from "yaml";
import type { ComposeFile } from "../src/compose/compose-file.js";
import { composeOverride } from "../src/compose/override.js";
import { toYaml } from "../src/compose/yaml.js";

describe("a file that is laid over a compose file", () => {
  const base: ComposeFile = {
    services: {
      control: { kind: "own", image: "control:1", command: ["control"], networks: ["mesh"] },
      "ship-1": { kind: "own", image: "ship-go:1", networks: ["ship-store"] },
    },
    networks: { mesh: {} },
    volumes: { "ship-1-sockets": {} },
  };

  it("holds of a service that is there what changes alone, since compose adds to lists", () => {
    const control = { ...base.services.control, command: ["control", "--replicas", "ship=2"] };
    const over = composeOverride(base, { ...base, services: { ...base.services, control } } as ComposeFile);
    expect(over.services).to.deep.equal({ control: { command: ["control", "--replicas", "ship=2"] } });
  });

  it("holds of a new service all of it, and new volumes", () => {
    const services: ComposeFile["services"] = {
      ...base.services,
      "ship-2": { kind: "own", image: "ship-go:1", networks: ["ship-store"] },
    };
    const whole: ComposeFile = { ...base, services, volumes: { ...base.volumes, "ship-2-sockets": {} } };
    const file = parse(toYaml(composeOverride(base, whole), " made by a test"), { merge: true });
    expect(Object.keys(file.services)).to.deep.equal(["ship-2"]);
    expect(file.services["ship-2"]).to.include({ image: "ship-go:1", read_only: true, user: "10001:10001" });
    expect(file.volumes).to.deep.equal({ "ship-2-sockets": {} });
  });

  it("is written as text that YAML 1.1 takes for text", () => {
    const services: ComposeFile["services"] = {
      redis: { kind: "other", image: "redis:7", command: ["yes", "1:30"] },
    };
    expect(toYaml({ ...base, services }, " made by a test")).to.include('command: [ "yes", "1:30" ]');
  });
});

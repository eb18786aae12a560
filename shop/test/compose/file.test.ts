import { readFileSync } from "node:fs";
import { expect } from "chai";
import { composeText } from "../../src/compose/files.js";
import { topology } from "../../src/topology.js";
import { checkout, readComposeFile, type Service } from "./compose-file.js";
import { composePath, dockerCompose, hasCompose } from "./docker-compose.js";

describe("docker-compose.yml", () => {
  const { services, networks, volumes } = readComposeFile();
  const all = Object.entries(services);
  const applications = topology.workloads.map(({ name }) => `${name}-1`);
  const sidecars = applications.map((name) => `${name}-envoy`);

  it("is what npm run compose writes", () => {
    expect(readFileSync(composePath, "utf8")).to.equal(composeText(checkout));
  });

  it("is valid by docker compose itself, with every variable set and with none", async function () {
    if (!(await hasCompose())) {
      if (this.test) this.test.title += " (skipped: there is no docker compose)";
      return this.skip();
    }
    const chosen = {
      THESEUS_INVENTORY: "go",
      THESEUS_USER: "python",
      THESEUS_PAYMENT: "java",
      THESEUS_PORT: "9000",
    };
    for (const variables of [{}, chosen]) {
      const { code, stderr } = await dockerCompose(variables, [], "config", "--quiet");
      expect(stderr).to.equal("");
      expect(code).to.equal(0);
    }
  });

  for (const [name, service] of all) {
    it(`${name} is confined: no root, no way to write but its volumes, bounded`, () => {
      expect(service.user).to.match(/^[1-9]\d*:[1-9]\d*$/);
      expect(service.read_only).to.equal(true);
      expect(service.cap_drop).to.deep.equal(["ALL"]);
      expect(service.security_opt).to.deep.equal(["no-new-privileges:true"]);
      expect(service.privileged).to.equal(undefined);
      expect(service.mem_limit).to.match(/^\d+m$/);
      expect(service.pids_limit).to.be.a("number");
      expect(service.stop_grace_period).to.match(/^\d+s$/);
      expect(service.image)
        .to.match(/:[\w.-]+\}?$/)
        .and.not.match(/:latest$/);
    });
  }

  it("publishes the edge alone, on loopback unless asked", () => {
    expect(publishedBy(({ profiles }) => profiles === undefined)).to.deep.equal([
      ["gateway-1-envoy", `\${THESEUS_ADDRESS:-127.0.0.1}:\${THESEUS_PORT:-8080}:8080`],
    ]);
  });

  it("publishes more in profiles alone, and on loopback", () => {
    expect(publishedBy(({ profiles }) => profiles !== undefined)).to.deep.equal([
      ["developer", "127.0.0.1:9101:9101"],
      ["developer", "127.0.0.1:9102:9102"],
      ["developer", "127.0.0.1:9103:9103"],
      ["prometheus", "127.0.0.1:9090:9090"],
      ["grafana", "127.0.0.1:3000:3000"],
    ]);
    expect(services.developer?.profiles).to.deep.equal(["dev"]);
    expect(networksOf(services.developer)).to.deep.equal(["developer"]);
  });

  it("gives an application its own store alone, and a sidecar no store", () => {
    for (const [name, workload] of topology.workloads.map((each) => [`${each.name}-1`, each] as const)) {
      const own = workload.store.kind === "none" ? [] : [`${workload.name}-store`];
      expect(networksOf(services[name]), name).to.deep.equal(own);
    }
    for (const name of sidecars) {
      expect(networksOf(services[name]).filter((network) => network.endsWith("-store"))).to.deep.equal([]);
    }
  });

  it("lets a store be reached by its own application alone", () => {
    const stores = Object.keys(networks).filter((name) => name.endsWith("-store"));
    expect(stores).to.have.length(3);
    for (const store of stores) {
      const inside = all.filter(([, service]) => networksOf(service).includes(store)).map(([name]) => name);
      expect(inside.sort()).to.deep.equal([store, store.replace(/-store$/, "-1")].sort());
    }
  });

  const publishedBy = (isOne: (service: Service) => boolean) =>
    all.flatMap(([name, service]) =>
      isOne(service) ? (service.ports ?? []).map((port) => [name, port]) : [],
    );

  it("closes every network but those that are published", () => {
    const open = Object.entries(networks).filter(([, network]) => network?.internal !== true);
    expect(open.map(([name]) => name)).to.deep.equal(["edge", "developer", "watch"]);
  });

  it("keeps keys, certificates and sockets in memory, for one user", () => {
    const secret = Object.entries(volumes).filter(([name]) =>
      /-(mesh|sockets|secrets|developer)$/.test(name),
    );
    expect(secret).to.have.length(19);
    for (const [name, volume] of secret) {
      // A store is another user, who reads its own by the group.
      const rights = name.endsWith("-store-secrets") ? "mode=2750,uid=10001,gid=999" : "mode=0700,uid=10001";
      expect(volume?.driver_opts?.o, name).to.include(rights);
    }
  });

  it("has no password of a store in it", () => {
    expect(readFileSync(composePath, "utf8")).not.to.match(/:\/\/[^/\s]*:[^/\s]*@/);
  });

  it("lets no two pairs share a volume but the secrets of their workload", () => {
    const pairs = [...applications, ...sidecars];
    const uses = pairs.flatMap((name) =>
      (services[name]?.volumes ?? []).map((volume) => [volume.split(":")[0], name]),
    );
    for (const [volume, name] of uses) {
      expect(
        name?.startsWith(String(volume).replace(/-(1-)?(mesh|sockets|secrets|developer)$/, "")),
        `${volume} in ${name}`,
      ).to.equal(true);
    }
  });

  it("says of everything that runs on when it is well, and what starts before it", () => {
    const once = ["seed", "theseus", "user-store-users", "payment-store-users"];
    for (const [name, { healthcheck, depends_on = {} }] of all.filter(([each]) => !once.includes(each))) {
      expect(healthcheck, name).to.be.an("object");
      for (const other of Object.keys(depends_on))
        expect(services, `${name} -> ${other}`).to.have.property(other);
    }
  });
});

function networksOf(service: Service | undefined): readonly string[] {
  if (service?.network_mode !== undefined)
    return service.network_mode === "none" ? [] : [service.network_mode];
  return service?.networks ?? ["default"];
}

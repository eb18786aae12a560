import { images } from "./images.js";
import { after, type ComposeService, healthCheck } from "./service.js";
import { networks } from "./sidecar.js";

/** What watches the shop, in a profile of its own: its files are mounted from the checkout, and its data is in memory. */
export function observeServices(): Readonly<Record<string, ComposeService>> {
  return { prometheus: prometheus(), grafana: grafana() };
}

function prometheus(): ComposeService {
  return {
    profiles: ["observe"],
    image: images.prometheus,
    user: "65534:65534",
    command: [
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      "--storage.tsdb.retention.time=6h",
    ],
    networks: [networks.observe, networks.watch],
    ports: ["127.0.0.1:9090:9090"],
    volumes: ["./deploy/observe/prometheus.yml:/etc/prometheus/prometheus.yml:ro,z"],
    tmpfs: ["/prometheus:size=256m,mode=0700,uid=65534,gid=65534"],
    depends_on: after(["control", "service_healthy"]),
    healthcheck: healthCheck("wget", "--quiet", "--output-document=-", "http://127.0.0.1:9090/-/ready"),
    mem_limit: "640m",
  };
}

function grafana(): ComposeService {
  return {
    profiles: ["observe"],
    image: images.grafana,
    user: "472:472",
    networks: [networks.observe, networks.watch],
    ports: ["127.0.0.1:3000:3000"],
    environment: {
      GF_AUTH_ANONYMOUS_ENABLED: "true",
      GF_AUTH_DISABLE_LOGIN_FORM: "true",
      GF_ANALYTICS_REPORTING_ENABLED: "false",
      GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: "/etc/grafana/dashboards/theseus.json",
    },
    volumes: [
      "./deploy/observe/grafana/datasource.yml:/etc/grafana/provisioning/datasources/theseus.yml:ro,z",
      "./deploy/observe/grafana/dashboards.yml:/etc/grafana/provisioning/dashboards/theseus.yml:ro,z",
      "./deploy/observe/grafana/theseus.json:/etc/grafana/dashboards/theseus.json:ro,z",
    ],
    tmpfs: ["/var/lib/grafana:size=128m,mode=0700,uid=472,gid=472", "/tmp:size=32m,mode=1777"],
    depends_on: after(["prometheus", "service_healthy"]),
    healthcheck: healthCheck("wget", "--quiet", "--output-document=-", "http://127.0.0.1:3000/api/health"),
    mem_limit: "384m",
  };
}

import { expect } from "chai";
import { ConfigError, noTelemetry, parseEnv, startTelemetry, telemetryVariables } from "../../src/index.js";

const ENDPOINT = "http://127.0.0.1:4318/otlp";

describe("the variables of telemetry", () => {
  const read = (env: NodeJS.ProcessEnv) => parseEnv(env, { telemetry: telemetryVariables() }).telemetry;

  it("are where it goes and how often, with the defaults of OpenTelemetry", () => {
    const usual = { spanDelayMs: 5000, recordDelayMs: 1000, metricIntervalMs: 60_000 };
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: ENDPOINT })).to.deep.equal({ endpoint: ENDPOINT, ...usual });
    const given = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example",
      OTEL_BSP_SCHEDULE_DELAY: "1",
      OTEL_BLRP_SCHEDULE_DELAY: "2",
      OTEL_METRIC_EXPORT_INTERVAL: "100",
    };
    expect(read(given)).to.deep.equal({
      endpoint: "https://collector.example",
      spanDelayMs: 1,
      recordDelayMs: 2,
      metricIntervalMs: 100,
    });
  });

  it("say that nobody is told without an endpoint, and then nothing is started", async () => {
    for (const env of [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: "" }, { OTEL_BSP_SCHEDULE_DELAY: "10" }]) {
      const options = read(env);
      expect(options).to.equal(undefined);
      expect(await startTelemetry(options, { name: "user", version: "0.1.0" })).to.equal(noTelemetry);
    }
  });

  it("have all their faults at once, with or without an endpoint", () => {
    const delays = {
      OTEL_BSP_SCHEDULE_DELAY: "soon",
      OTEL_BLRP_SCHEDULE_DELAY: "0",
      OTEL_METRIC_EXPORT_INTERVAL: "99",
    };
    const faults = [
      'OTEL_BSP_SCHEDULE_DELAY: must be a whole number, 1 to 3600000 (given: "soon")',
      'OTEL_BLRP_SCHEDULE_DELAY: must be a whole number, 1 to 3600000 (given: "0")',
      'OTEL_METRIC_EXPORT_INTERVAL: must be a whole number, 100 to 3600000 (given: "99")',
    ];
    expect(() => read(delays)).to.throw(ConfigError, faults.join("\n"));
    for (const endpoint of ["collector", "127.0.0.1:4318", "grpc://collector:4317", "http://", "http://a b"])
      expect(() => read({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...delays }), endpoint).to.throw(
        ConfigError,
        ["OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL that starts with http:// or https://", ...faults].join(
          "\n",
        ),
      );
  });

  it("never repeat an endpoint, which may carry a password", () => {
    expect(() => read({ OTEL_EXPORTER_OTLP_ENDPOINT: "ftp://ann:s3cret@collector" }))
      .to.throw(ConfigError)
      .with.property("message")
      .that.does.not.include("s3cret");
  });
});

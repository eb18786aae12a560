import { expect } from "chai";
import { telemetryEnvironment } from "../../src/implementation/telemetry-environment.js";

const go = { language: "go" };

describe("the environment that says whom an application tells of its calls", () => {
  it("is empty without an endpoint", () => {
    expect(telemetryEnvironment({ OTEL_RESOURCE_ATTRIBUTES: "a=b" }, go, "orders-1")).to.deep.equal({});
    expect(telemetryEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: "" }, go, "orders-1")).to.deep.equal({});
  });

  it("has the implementation and the instance besides what the caller's says, and no other of its variables", () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=secret",
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
    };
    expect(telemetryEnvironment(env, { language: "c sharp" }, "orders-1")).to.deep.equal({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318",
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      OTEL_RESOURCE_ATTRIBUTES:
        "deployment.environment.name=test,theseus.implementation=c%20sharp,service.instance.id=orders-1",
    });
  });
});

import { expect } from "chai";
import { causeIn, got, headOf } from "./told.js";
import { refusal, type WrittenLogs } from "./written-logs.js";

describe("the explanation of a request for which there was no host", () => {
  /** A call to stock, for which nobody is well. */
  function unserved(): WrittenLogs {
    const none = { details: "no_healthy_upstream", flags: "UH" };
    return got(
      { status: 503 },
      { ...none, ...refusal("UNAVAILABLE", "SERVICE_UNAVAILABLE") },
      undefined,
      undefined,
    );
  }

  const host = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } });
  const isWell = { add_healthy_event: { first_check: true } };
  const fails = (failure_type: string) => ({ eject_unhealthy_event: { failure_type } });
  const look = "  theseus status shows the instances of stock; theseus logs stock-1-envoy";

  it("says no more than that, where the sidecar has told nothing", () => {
    using logs = unserved();
    expect(headOf(logs)[1]).to.equal(look);
    expect(causeIn(logs)).to.equal("edge-1 has no stock to call: none is healthy.");
  });

  it("names the host that failed its health checks, since one was well", () => {
    using logs = unserved();
    logs.host("edge-1", -5000, { cluster_name: "stock", host: host(1), ...fails("NETWORK") });
    logs.host("edge-1", -3000, { cluster_name: "stock", host: host(2), ...isWell });
    logs.host("edge-1", -1000, { cluster_name: "stock", host: host(2), ...fails("NETWORK_TIMEOUT") });
    logs.host("edge-1", -900, { cluster_name: "other", host: host(3), ...fails("NETWORK") });
    logs.host("edge-1", 900, { cluster_name: "stock", host: host(2), ...isWell });
    expect(causeIn(logs)).to.equal(
      "edge-1 has no stock to call: 127.0.0.1:2 was taken out 1002 ms before, since it did not answer its health checks.",
    );
    expect(headOf(logs)[1]).to.equal(look);
  });

  it("names the host that was ejected, beside the one that is not there", () => {
    using logs = unserved();
    logs.host("edge-1", -2000, { cluster_name: "stock", host: host(1), ...isWell });
    logs.host("edge-1", -1500, { cluster_name: "stock", host: host(2), ...fails("NETWORK") });
    logs.host("edge-1", -300, {
      ...{ cluster_name: "stock", upstream_url: "127.0.0.1:1", action: "EJECT" },
      type: "CONSECUTIVE_GATEWAY_FAILURE",
    });
    expect(causeIn(logs)).to.equal(
      "edge-1 has no stock to call: 127.0.0.1:2 was taken out 1502 ms before, since nobody took a connection there; 127.0.0.1:1 was ejected 302 ms before, since it failed too many calls in a row (CONSECUTIVE_GATEWAY_FAILURE).",
    );
    expect(headOf(logs)[1]).to.equal("  the limits are in mesh/src/envoy/clusters/outlier-detection.ts");
  });

  const own = "spiffe://example/ns/x/sa/stock";
  const alert = "TLS_error:|268436501:SSL_routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_";
  const handshakes: readonly (readonly [
    what: string,
    line: Readonly<Record<string, unknown>>,
    because: RegExp,
  ])[] = [
    [
      "whose certificate has expired",
      { own, failure: `${alert}EXPIRED:TLS_error_end` },
      /the certificate of stock-1 has expired\.$/,
    ],
    [
      "that is somebody else",
      { own: "spiffe://example/ns/x/sa/shelf", failure: `${alert}UNKNOWN:TLS_error_end` },
      /stock-1 showed a certificate of spiffe:\/\/example\/ns\/x\/sa\/shelf\.$/,
    ],
    [
      "that does not trust its caller",
      {
        own,
        peer: "spiffe://example/ns/x/sa/edge",
        failure: "TLS_error:|1:CERTIFICATE_VERIFY_FAILED:TLS_error_end",
      },
      /stock-1 does not trust the certificate of spiffe:\/\/example\/ns\/x\/sa\/edge \(CERTIFICATE VERIFY FAILED\)\.$/,
    ],
  ];
  for (const [what, line, because] of handshakes)
    it(`names the certificate of a host ${what}`, () => {
      using logs = unserved();
      logs.host("edge-1", -1000, { cluster_name: "stock", host: host(2), ...fails("NETWORK") });
      logs.handshake("stock-1", -1010, line);
      expect(causeIn(logs)).to.match(because);
      expect(headOf(logs)[1]).to.match(/^ {2}theseus rotate certificates/);
    });
});

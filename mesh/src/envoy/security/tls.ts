import { extension, type Message } from "../message.js";
import { secretReference } from "./secrets.js";

export interface TlsOptions {
  /** Folder of the identity to show, with the authority that the other side must come from. */
  readonly identity: string;
  /** Names of which the other side's certificate must carry one. */
  readonly peers: readonly Message[];
}

/** TLS towards callers: both sides show a certificate. */
export function downstreamTls(options: TlsOptions): Message {
  return extension(
    "envoy.transport_sockets.tls",
    "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
    {
      require_client_certificate: true,
      common_tls_context: commonTls(options),
      // A resumed session would outlive the renewal of certificates.
      disable_stateless_session_resumption: true,
      disable_stateful_session_resumption: true,
    },
  );
}

export function upstreamTls(options: TlsOptions, serverName?: string): Message {
  return extension(
    "envoy.transport_sockets.tls",
    "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    {
      ...(serverName === undefined ? {} : { sni: serverName }),
      max_session_keys: 0,
      common_tls_context: commonTls(options),
    },
  );
}

export function uriName(uri: string): Message {
  return { san_type: "URI", matcher: { exact: uri } };
}

export function dnsName(name: string): Message {
  return { san_type: "DNS", matcher: { exact: name } };
}

function commonTls({ identity, peers }: TlsOptions): Message {
  return {
    tls_params: {
      tls_minimum_protocol_version: "TLSv1_3",
      tls_maximum_protocol_version: "TLSv1_3",
      ecdh_curves: ["P-256"],
    },
    alpn_protocols: ["h2"],
    tls_certificate_sds_secret_configs: [secretReference(identity, "certificate")],
    combined_validation_context: {
      default_validation_context: { match_typed_subject_alt_names: peers },
      validation_context_sds_secret_config: secretReference(identity, "authority"),
    },
  };
}

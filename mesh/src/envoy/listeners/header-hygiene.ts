import { CLAIMS_HEADER, SOURCE_HEADER } from "@theseus/kit";
import { extension, type Message } from "../message.js";
import { headerBounds } from "./header-bounds.js";

/** Within a sidecar that was called with a certificate: the SPIFFE id in it. It goes no further. */
export const peerHeader = "x-theseus-peer";

export interface HeaderHygieneOptions {
  /** True where the caller may say from where the call reached the system. */
  readonly passesSource: boolean;
  /** True where callers have certificates: sets `peerHeader`. */
  readonly namesPeer: boolean;
}

/**
 * Removes headers that only a sidecar may set, and those that hold what they may not, before anything else reads the
 * request; the source of the call too, but where the caller is one that may pass it on.
 */
export function headerHygiene({ passesSource, namesPeer }: HeaderHygieneOptions): Message {
  return {
    early_header_mutation_extensions: [
      extension(
        "envoy.http.early_header_mutation.header_mutation",
        "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
        {
          mutations: [
            { remove: CLAIMS_HEADER },
            namesPeer ? setPeer : { remove: peerHeader },
            ...(passesSource ? [] : [{ remove: SOURCE_HEADER }]),
            { remove_on_match: { key_matcher: { prefix: "x-envoy-" } } },
            ...headerBounds(),
          ],
        },
      ),
    ],
    request_id_extension: {
      // Otherwise Envoy writes its trace decision into the id, by which people find a request again.
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig",
        pack_trace_reason: false,
      },
    },
    preserve_external_request_id: true,
    server_header_transformation: "PASS_THROUGH",
  };
}

const setPeer: Message = {
  append: {
    header: { key: peerHeader, value: "%DOWNSTREAM_PEER_URI_SAN%" },
    append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
  },
};

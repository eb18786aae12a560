import { CLAIMS_HEADER, SOURCE_HEADER } from "@theseus/kit";
import { extension, type Message } from "../message.js";
import { headerBounds } from "./header-bounds.js";

/**
 * Removes headers that only a sidecar may set, and those that hold what they may not, before anything else reads the
 * request; the source of the call too, but where the caller is one that may pass it on.
 */
export function headerHygiene({ passesSource }: { readonly passesSource: boolean }): Message {
  return {
    early_header_mutation_extensions: [
      extension(
        "envoy.http.early_header_mutation.header_mutation",
        "envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
        {
          mutations: [
            { remove: CLAIMS_HEADER },
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

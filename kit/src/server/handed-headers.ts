/** The verified access token's payload, base64url JSON, as the sidecar hands it to its application (launch protocol). */
export const CLAIMS_HEADER = "x-theseus-claims";

/** The network address from which a call reached the system, as the edge has seen it (launch protocol). */
export const SOURCE_HEADER = "x-theseus-source";

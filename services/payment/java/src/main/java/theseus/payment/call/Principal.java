package theseus.payment.call;

/**
 * The end user of a call, from the access token that the sidecar has verified.
 *
 * @param user the token's subject, a user's resource name
 */
public record Principal(String user, boolean isAdmin) {}

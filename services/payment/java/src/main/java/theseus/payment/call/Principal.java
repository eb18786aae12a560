package theseus.payment.call;

import java.util.Set;

/**
 * The end user of a call ({@code users/…}), from the access token that the sidecar has verified.
 */
public record Principal(String user, Set<String> roles) {
  public boolean isAdmin() {
    return roles.contains("admin");
  }
}

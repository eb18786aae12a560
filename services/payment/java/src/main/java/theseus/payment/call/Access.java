package theseus.payment.call;

import java.util.List;
import java.util.Optional;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.mesh.v1.PolicyOuterClass.Allow;
import theseus.mesh.v1.PolicyOuterClass.Auth;
import theseus.payment.contract.RefusedException;

/** Decides who may call, by the same options as the mesh. */
final class Access {
  private Access() {}

  /**
   * Refuses unless one of the method's ways in fits: with TOKEN_MISSING where a token is all that
   * is missing, else with CALLER_DENIED. A caller without a workload, a developer, may use every
   * way.
   */
  static void check(List<Allow> ways, Optional<String> caller, Optional<Principal> principal) {
    var open =
        ways.stream().filter(way -> caller.map(way.getCaller()::equals).orElse(true)).toList();
    if (open.stream().anyMatch(way -> fits(way.getAuth(), principal))) return;
    if (!open.isEmpty() && principal.isEmpty()) {
      throw new RefusedException(ErrorReason.TOKEN_MISSING, "an access token is needed");
    }
    throw new RefusedException(ErrorReason.CALLER_DENIED, "the caller may not call this method");
  }

  private static boolean fits(Auth auth, Optional<Principal> principal) {
    return switch (auth) {
      case AUTH_PUBLIC, AUTH_NONE -> true;
      case AUTH_USER -> principal.isPresent();
      case AUTH_ADMIN -> principal.map(Principal::isAdmin).orElse(false);
      case AUTH_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }
}

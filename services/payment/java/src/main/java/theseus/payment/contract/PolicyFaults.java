package theseus.payment.contract;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.mesh.v1.PolicyOuterClass;
import theseus.mesh.v1.PolicyOuterClass.Allow;
import theseus.mesh.v1.PolicyOuterClass.Auth;
import theseus.mesh.v1.PolicyOuterClass.Policy;

/**
 * What is wrong with the options of a method, in the words that every implementation has for it.
 */
final class PolicyFaults {
  private final List<String> faults = new ArrayList<>();

  private PolicyFaults() {}

  /** Each begins with the method's name. */
  static List<String> of(MethodDescriptor method) {
    var found = new PolicyFaults();
    if (PolicyOptions.isIn(method)) {
      found.lookAt(PolicyOptions.of(method));
    } else {
      found.faults.add("has no policy");
    }
    var options = method.getOptions();
    found.lookAtReasons(options.getField(PolicyOuterClass.errors.getDescriptor()));
    found.faults.addAll(
        QuotaFaults.of(Quotas.of(method), options.getExtension(PolicyOuterClass.errors)));
    return found.faults.stream().map(fault -> method.getFullName() + ": " + fault).toList();
  }

  private void lookAt(Policy policy) {
    var rate = policy.getRate();
    check(!Durations.isPositive(policy.getTimeout()), "has no timeout");
    check(policy.getMaxRequestBytes() == 0, "has no max_request_bytes");
    check(policy.hasRate() && rate.getRequestsPerSecond() == 0, "rate lets no call through");
    check(
        Integer.compareUnsigned(rate.getBurst(), rate.getRequestsPerSecond()) < 0,
        "rate's burst is below requests_per_second");
    check(policy.getAllowCount() == 0, "allows no caller");
    lookAtWays(policy.getAllowList());
  }

  private void lookAtWays(List<Allow> ways) {
    var seen = new HashSet<Allow>();
    for (var way : ways) {
      var caller = way.getCaller();
      check(
          caller.isEmpty(), "allows a caller without a name, and its service names no single one");
      check(
          way.getAuth() == Auth.AUTH_UNSPECIFIED,
          "does not say what a call of \"" + caller + "\" must prove");
      check(
          way.getAuth() == Auth.UNRECOGNIZED,
          "asks \"" + caller + "\" for the unknown proof " + way.getAuthValue());
      check(!seen.add(way), "allows \"" + caller + " " + nameOf(way.getAuth()) + "\" twice");
    }
  }

  private static String nameOf(Auth auth) {
    return auth.name().replaceFirst("^AUTH_", "");
  }

  /** Takes the options' descriptors, since only these keep the numbers of unknown reasons. */
  private void lookAtReasons(Object errors) {
    var seen = new HashSet<Integer>();
    for (var error : (List<?>) errors) {
      var reason = (EnumValueDescriptor) error;
      var number = reason.getNumber();
      check(number == ErrorReason.ERROR_REASON_UNSPECIFIED_VALUE, "declares an unspecified error");
      check(ErrorReason.forNumber(number) == null, "declares the unknown error " + number);
      check(!seen.add(number), "declares " + reason.getName() + " twice");
    }
  }

  private void check(boolean isFault, String fault) {
    if (isFault) faults.add(fault);
  }
}

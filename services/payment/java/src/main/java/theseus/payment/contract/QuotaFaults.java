package theseus.payment.contract;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.quota.v1.QuotaOuterClass.Quota;
import theseus.quota.v1.QuotaOuterClass.Scope;

/** What is wrong with the quotas of a method. */
final class QuotaFaults {
  private QuotaFaults() {}

  static List<String> of(List<Quota> quotas, List<ErrorReason> reasons) {
    var faults = new ArrayList<String>();
    var declares = reasons.contains(ErrorReason.QUOTA_EXCEEDED);
    if (!quotas.isEmpty() && !declares) {
      faults.add("has quotas and does not declare QUOTA_EXCEEDED");
    }
    if (quotas.isEmpty() && declares) faults.add("declares QUOTA_EXCEEDED and has no quota");
    var names = new HashSet<String>();
    for (var quota : quotas) {
      var name = quota.getName();
      if (name.isEmpty()) faults.add("has a quota without a name");
      if (!names.add(name)) faults.add("has the quota \"" + name + "\" twice");
      faultsOf(quota).forEach(fault -> faults.add("quota \"" + name + "\" " + fault));
    }
    return faults;
  }

  private static List<String> faultsOf(Quota quota) {
    var faults = new ArrayList<String>();
    var scope = quota.getScope();
    if (scope == Scope.SCOPE_UNSPECIFIED || scope == Scope.UNRECOGNIZED) {
      faults.add("does not say whose");
    }
    if (quota.getLimit() < 1) faults.add("lets nothing through");
    if (quota.hasWindow() && !Durations.isPositive(quota.getWindow())) {
      faults.add("has an empty window");
    }
    return faults;
  }
}

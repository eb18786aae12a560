package theseus.payment.contract;

import com.google.protobuf.Descriptors.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.mesh.v1.PolicyOuterClass;
import theseus.mesh.v1.PolicyOuterClass.Allow;
import theseus.mesh.v1.PolicyOuterClass.Policy;

/**
 * What the contract says about calling a method.
 *
 * @param allow who may call; everybody else is refused
 * @param declared the reasons that the method may answer besides the common ones
 */
public record MethodPolicy(
    Duration timeout, List<Allow> allow, int maxRequestBytes, Set<ErrorReason> declared) {

  /** Throws ContractException when the method's options leave anything open. */
  public static MethodPolicy of(MethodDescriptor method) {
    var faults = faultsOf(method);
    if (!faults.isEmpty()) throw new ContractException(method.getFullName(), faults);
    var policy = method.getOptions().getExtension(PolicyOuterClass.policy);
    return new MethodPolicy(
        timeoutOf(policy),
        policy.getAllowList(),
        maxRequestBytesOf(policy),
        Set.copyOf(method.getOptions().getExtension(PolicyOuterClass.errors)));
  }

  /** True for a reason that the method declares, or that every method may answer. */
  public boolean mayAnswer(ErrorReason reason) {
    return declared.contains(reason) || ReasonRule.of(reason).common();
  }

  private static List<String> faultsOf(MethodDescriptor method) {
    if (!method.getOptions().hasExtension(PolicyOuterClass.policy)) return List.of("has no policy");
    var policy = method.getOptions().getExtension(PolicyOuterClass.policy);
    var faults = new ArrayList<String>();
    if (timeoutOf(policy).compareTo(Duration.ZERO) <= 0) faults.add("has no timeout");
    if (policy.getMaxRequestBytes() == 0) faults.add("has no max_request_bytes");
    if (policy.getAllowCount() == 0) faults.add("allows no caller");
    return faults;
  }

  private static Duration timeoutOf(Policy policy) {
    return Duration.ofSeconds(policy.getTimeout().getSeconds(), policy.getTimeout().getNanos());
  }

  /** Unsigned in the contract; no message has more bytes than an array can hold. */
  private static int maxRequestBytesOf(Policy policy) {
    return (int) Math.min(Integer.toUnsignedLong(policy.getMaxRequestBytes()), Integer.MAX_VALUE);
  }
}

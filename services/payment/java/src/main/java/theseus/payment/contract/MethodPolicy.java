package theseus.payment.contract;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.mesh.v1.PolicyOuterClass;
import theseus.mesh.v1.PolicyOuterClass.Allow;
import theseus.mesh.v1.PolicyOuterClass.Policy;

/**
 * What the contract says about calling a method: its own options over those of its service.
 *
 * @param allow who may call; everybody else is refused
 * @param readOnly it has no side effects; all others are refused in standby
 * @param declared the reasons that the method may answer besides the common ones
 */
public record MethodPolicy(
    Duration timeout,
    List<Allow> allow,
    int maxRequestBytes,
    boolean readOnly,
    Set<ErrorReason> declared) {

  /** Throws ContractException, which names every fault, when the options leave anything open. */
  public static MethodPolicy of(MethodDescriptor method) {
    var faults = PolicyFaults.of(method);
    if (!faults.isEmpty()) throw new ContractException(faults);
    var policy = PolicyOptions.of(method);
    return new MethodPolicy(
        Durations.toJava(policy.getTimeout()),
        policy.getAllowList(),
        maxRequestBytesOf(policy),
        method.getOptions().getIdempotencyLevel() == IdempotencyLevel.NO_SIDE_EFFECTS,
        Set.copyOf(method.getOptions().getExtension(PolicyOuterClass.errors)));
  }

  /** True for a reason that the method declares, or that every method may answer. */
  public boolean mayAnswer(ErrorReason reason) {
    return declared.contains(reason) || ReasonRule.of(reason).common();
  }

  /** Unsigned in the contract; no message has more bytes than an array can hold. */
  private static int maxRequestBytesOf(Policy policy) {
    return (int) Math.min(Integer.toUnsignedLong(policy.getMaxRequestBytes()), Integer.MAX_VALUE);
  }
}

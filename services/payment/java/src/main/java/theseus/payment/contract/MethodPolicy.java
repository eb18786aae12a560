package theseus.payment.contract;

import com.google.protobuf.Descriptors.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.mesh.v1.PolicyOuterClass;
import theseus.mesh.v1.PolicyOuterClass.Allow;

/** What the contract says about calling a method. */
public record MethodPolicy(
    Duration timeout, List<Allow> allow, int maxRequestBytes, Set<ErrorReason> declared) {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
  private static final int DEFAULT_MAX_REQUEST_BYTES = 4 * 1024 * 1024;

  /** The policy in a method's options. Where they are silent: 10 s, 4 MiB, and nobody may call. */
  public static MethodPolicy of(MethodDescriptor method) {
    var options = method.getOptions();
    var policy = options.getExtension(PolicyOuterClass.policy);
    var timeout = policy.getTimeout();
    var maxBytes = policy.getMaxRequestBytes();
    return new MethodPolicy(
        policy.hasTimeout()
            ? Duration.ofSeconds(timeout.getSeconds(), timeout.getNanos())
            : DEFAULT_TIMEOUT,
        policy.getAllowList(),
        maxBytes == 0 ? DEFAULT_MAX_REQUEST_BYTES : maxBytes,
        Set.copyOf(options.getExtension(PolicyOuterClass.errors)));
  }

  /** True for a reason that the method declares, or that every method may answer. */
  public boolean mayAnswer(ErrorReason reason) {
    return declared.contains(reason) || ReasonRule.of(reason).common();
  }
}

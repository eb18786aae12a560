package theseus.payment.contract;

import com.google.protobuf.Duration;
import io.grpc.Status;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.error.v1.ReasonRuleOuterClass;

/**
 * What the contract says about a reason.
 *
 * @param common true when every method may answer it without declaring it
 * @param retryAfter the wait after which the same call may succeed
 */
public record ReasonRule(Status.Code code, boolean common, Optional<Duration> retryAfter) {
  private static final Map<ErrorReason, ReasonRule> RULES =
      Arrays.stream(ErrorReason.values())
          .filter(reason -> reason != ErrorReason.UNRECOGNIZED)
          .collect(Collectors.toMap(Function.identity(), ReasonRule::read));

  public static ReasonRule of(ErrorReason reason) {
    return RULES.get(reason);
  }

  private static ReasonRule read(ErrorReason reason) {
    var rule = reason.getValueDescriptor().getOptions().getExtension(ReasonRuleOuterClass.rule);
    var retryAfter = Optional.of(rule.getRetryAfter()).filter(wait -> rule.hasRetryAfter());
    var code = Status.fromCodeValue(rule.getCodeValue()).getCode();
    return code == Status.Code.OK
        ? new ReasonRule(Status.Code.INTERNAL, true, Optional.empty())
        : new ReasonRule(code, rule.getCommon(), retryAfter);
  }
}

package theseus.payment.call;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.mesh.v1.PolicyOuterClass.Allow;
import theseus.payment.contract.MethodPolicy;
import theseus.payment.contract.RefusedException;
import theseus.payment.v1.PaymentServiceOuterClass;

@DisplayName("A method's access rule")
class AccessTest {
  private static final Optional<String> GATEWAY = Optional.of("gateway");
  private static final Optional<Principal> CUSTOMER = Optional.of(new Principal("users/u", false));

  private static MethodPolicy policyOf(String method) {
    var service = PaymentServiceOuterClass.getDescriptor().findServiceByName("PaymentService");
    return MethodPolicy.of(service.findMethodByName(method));
  }

  private static ErrorReason refusal(
      List<Allow> ways, Optional<String> caller, Optional<Principal> principal) {
    return assertThrows(RefusedException.class, () -> Access.check(ways, caller, principal))
        .reason();
  }

  @Test
  void wantsATokenWhereOneWouldHelp() {
    var ways = policyOf("CreatePayment").allow();
    assertEquals(ErrorReason.TOKEN_MISSING, refusal(ways, GATEWAY, Optional.empty()));
    assertEquals(ErrorReason.TOKEN_MISSING, refusal(ways, Optional.empty(), Optional.empty()));
    assertDoesNotThrow(() -> Access.check(ways, GATEWAY, CUSTOMER));
  }

  @Test
  void refusesOtherWorkloadsAndRoles() {
    assertEquals(
        ErrorReason.CALLER_DENIED,
        refusal(policyOf("CreatePayment").allow(), Optional.of("inventory"), CUSTOMER));
    assertEquals(
        ErrorReason.CALLER_DENIED, refusal(policyOf("RefundPayment").allow(), GATEWAY, CUSTOMER));
  }
}

package theseus.payment.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.mesh.v1.PolicyOuterClass.Allow;
import theseus.mesh.v1.PolicyOuterClass.Auth;
import theseus.mesh.v1.PolicyOuterClass.Policy;
import theseus.payment.v1.PaymentServiceOuterClass;

@DisplayName("A method's policy")
class MethodPolicyTest {
  private static final Allow GATEWAY =
      Allow.newBuilder().setCaller("gateway").setAuth(Auth.AUTH_USER).build();
  private static final Policy COMPLETE =
      Policy.newBuilder()
          .setTimeout(Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
          .setMaxRequestBytes(100)
          .addAllow(GATEWAY)
          .build();

  private static MethodDescriptor methodWith(Policy policy) {
    return TestMethod.with(policy).getMethodDescriptor();
  }

  private static String faultOf(MethodDescriptor method) {
    return assertThrows(ContractException.class, () -> MethodPolicy.of(method)).getMessage();
  }

  @Test
  void isReadFromTheContract() {
    var service = PaymentServiceOuterClass.getDescriptor().findServiceByName("PaymentService");
    var create = MethodPolicy.of(service.findMethodByName("CreatePayment"));
    assertEquals(10, create.timeout().toSeconds());
    assertEquals(65536, create.maxRequestBytes());
    assertEquals(List.of(GATEWAY), create.allow());
    assertTrue(create.mayAnswer(ErrorReason.PAYMENT_DECLINED));
    assertTrue(create.mayAnswer(ErrorReason.INTERNAL));
    assertFalse(create.mayAnswer(ErrorReason.PAYMENT_NOT_CAPTURED));
  }

  @Test
  void hasTimeoutsOfFractionsOfASecond() {
    assertEquals(1500, MethodPolicy.of(methodWith(COMPLETE)).timeout().toMillis());
  }

  @Test
  void takesUnsignedLimits() {
    var largest = COMPLETE.toBuilder().setMaxRequestBytes(-1).build();
    assertEquals(Integer.MAX_VALUE, MethodPolicy.of(methodWith(largest)).maxRequestBytes());
  }

  @Test
  void isNeverAbsent() {
    assertEquals(
        "test.Service.Method has no policy",
        faultOf(TestMethod.with(MethodOptions.getDefaultInstance()).getMethodDescriptor()));
  }

  @Test
  void isNeverSilent() {
    assertEquals(
        "test.Service.Method has no timeout",
        faultOf(methodWith(COMPLETE.toBuilder().clearTimeout().build())));
    assertEquals(
        "test.Service.Method has no max_request_bytes",
        faultOf(methodWith(COMPLETE.toBuilder().clearMaxRequestBytes().build())));
    assertEquals(
        "test.Service.Method allows no caller",
        faultOf(methodWith(COMPLETE.toBuilder().clearAllow().build())));
    assertEquals(
        "test.Service.Method has no timeout, has no max_request_bytes, allows no caller",
        faultOf(methodWith(Policy.getDefaultInstance())));
  }
}

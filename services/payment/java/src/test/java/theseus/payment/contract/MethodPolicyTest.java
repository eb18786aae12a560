package theseus.payment.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
  private static final Allow GATEWAY = way("gateway", Auth.AUTH_USER);
  private static final Allow ORDERS = way("orders", Auth.AUTH_NONE);
  private static final Policy NOTHING = Policy.getDefaultInstance();
  private static final Policy COMPLETE =
      Policy.newBuilder()
          .setTimeout(Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
          .setMaxRequestBytes(100)
          .addAllow(GATEWAY)
          .build();

  private static Allow way(String caller, Auth auth) {
    return Allow.newBuilder().setCaller(caller).setAuth(auth).build();
  }

  private static MethodPolicy read(Policy shared, Policy own) {
    return MethodPolicy.of(TestMethod.with(shared, own).getMethodDescriptor());
  }

  private static MethodPolicy readReal(String method) {
    var service = PaymentServiceOuterClass.getDescriptor().findServiceByName("PaymentService");
    return MethodPolicy.of(service.findMethodByName(method));
  }

  @Test
  void isReadFromTheContract() {
    var create = readReal("CreatePayment");
    assertEquals(10, create.timeout().toSeconds());
    assertEquals(65536, create.maxRequestBytes());
    assertEquals(List.of(GATEWAY), create.allow());
    assertTrue(create.mayAnswer(ErrorReason.PAYMENT_DECLINED));
    assertTrue(create.mayAnswer(ErrorReason.INTERNAL));
    assertFalse(create.mayAnswer(ErrorReason.PAYMENT_NOT_CAPTURED));
    assertEquals(List.of(way("gateway", Auth.AUTH_ADMIN)), readReal("RefundPayment").allow());
    assertEquals(2, readReal("GetPayment").timeout().toSeconds());
    assertEquals(16384, readReal("WatchPayment").maxRequestBytes());
  }

  @Test
  void isTheServicesWhereItsOwnSaysNothing() {
    assertEquals(read(NOTHING, COMPLETE), read(COMPLETE, NOTHING));
  }

  @Test
  void takesThePlaceOfTheServicesFieldByField() {
    var half = Policy.newBuilder().setTimeout(Duration.newBuilder().setNanos(250_000_000));
    var shorter = read(COMPLETE, half.build());
    assertEquals(250, shorter.timeout().toMillis());
    assertEquals(100, shorter.maxRequestBytes());
    assertEquals(List.of(GATEWAY), shorter.allow());
    var smaller = read(COMPLETE, Policy.newBuilder().setMaxRequestBytes(7).build());
    assertEquals(7, smaller.maxRequestBytes());
    assertEquals(1500, smaller.timeout().toMillis());
    assertEquals(
        List.of(ORDERS), read(COMPLETE, Policy.newBuilder().addAllow(ORDERS).build()).allow());
  }

  @Test
  void meansTheOneCallerOfItsServiceWhereItNamesNone() {
    var own = Policy.newBuilder().addAllow(way("", Auth.AUTH_ADMIN)).addAllow(ORDERS).build();
    var twice = COMPLETE.toBuilder().addAllow(way("gateway", Auth.AUTH_ADMIN)).build();
    assertEquals(List.of(way("gateway", Auth.AUTH_ADMIN), ORDERS), read(COMPLETE, own).allow());
    assertEquals(List.of(way("gateway", Auth.AUTH_ADMIN), ORDERS), read(twice, own).allow());
  }

  @Test
  void hasTimeoutsOfFractionsOfASecond() {
    assertEquals(1500, read(NOTHING, COMPLETE).timeout().toMillis());
  }

  @Test
  void takesUnsignedLimits() {
    var largest = COMPLETE.toBuilder().setMaxRequestBytes(-1).build();
    assertEquals(Integer.MAX_VALUE, read(NOTHING, largest).maxRequestBytes());
  }

  @Test
  void namesEveryFaultWithTheMethod() {
    var fault = assertThrows(ContractException.class, () -> read(NOTHING, NOTHING));
    assertEquals(
        """
        test.Service.Method: has no timeout
        test.Service.Method: has no max_request_bytes
        test.Service.Method: allows no caller\
        """,
        fault.getMessage());
  }
}

package theseus.payment.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.ServiceOptions;
import com.google.protobuf.Duration;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.mesh.v1.PolicyOuterClass;
import theseus.mesh.v1.PolicyOuterClass.Allow;
import theseus.mesh.v1.PolicyOuterClass.Auth;
import theseus.mesh.v1.PolicyOuterClass.Policy;
import theseus.mesh.v1.PolicyOuterClass.Rate;
import theseus.payment.v1.PaymentServiceOuterClass;
import theseus.quota.v1.QuotaOuterClass;
import theseus.quota.v1.QuotaOuterClass.Quota;
import theseus.quota.v1.QuotaOuterClass.Scope;

@DisplayName("Faults of a method's options")
class PolicyFaultsTest {
  private static final Policy NOTHING = Policy.getDefaultInstance();
  private static final Policy COMPLETE =
      Policy.newBuilder()
          .setTimeout(Duration.newBuilder().setSeconds(1))
          .setMaxRequestBytes(1)
          .addAllow(way("gateway", Auth.AUTH_USER))
          .build();

  private static Allow way(String caller, Auth auth) {
    return Allow.newBuilder().setCaller(caller).setAuth(auth).build();
  }

  /** Without the method's name. */
  private static List<String> faultsOf(TestMethod method) {
    return PolicyFaults.of(method.getMethodDescriptor()).stream()
        .map(fault -> fault.replaceFirst("^test\\.Service\\.Method: ", ""))
        .toList();
  }

  private static List<String> faultsOf(Policy shared, Allow... ways) {
    return faultsOf(
        TestMethod.with(shared, Policy.newBuilder().addAllAllow(List.of(ways)).build()));
  }

  private static List<String> faultsOf(MethodOptions.Builder own) {
    var shared = ServiceOptions.newBuilder().setExtension(PolicyOuterClass.servicePolicy, COMPLETE);
    return faultsOf(TestMethod.with(shared.build(), own.build()));
  }

  private static MethodOptions.Builder declaring(ErrorReason... reasons) {
    var options = MethodOptions.newBuilder();
    Stream.of(reasons).forEach(reason -> options.addExtension(PolicyOuterClass.errors, reason));
    return options;
  }

  @Test
  void areNoneInTheContract() {
    var service = PaymentServiceOuterClass.getDescriptor().findServiceByName("PaymentService");
    assertEquals(
        List.of(),
        service.getMethods().stream().flatMap(each -> PolicyFaults.of(each).stream()).toList());
  }

  @Test
  void areThatThereIsNoPolicy() {
    assertEquals(
        List.of("has no policy"),
        faultsOf(
            TestMethod.with(
                ServiceOptions.getDefaultInstance(), MethodOptions.getDefaultInstance())));
  }

  @Test
  void areLimitsThatAreLeftOpen() {
    assertEquals(
        List.of("has no timeout", "has no max_request_bytes", "allows no caller"),
        faultsOf(NOTHING));
    assertEquals(
        List.of("has no timeout"),
        faultsOf(COMPLETE.toBuilder().setTimeout(Duration.getDefaultInstance()).build()));
    assertEquals(
        List.of("rate lets no call through", "rate's burst is below requests_per_second"),
        Stream.of(rate(0, 0), rate(-1, 1)).flatMap(rated -> faultsOf(rated).stream()).toList());
    assertEquals(List.of(), faultsOf(rate(1, -1)));
  }

  private static Policy rate(int perSecond, int burst) {
    var rate = Rate.newBuilder().setRequestsPerSecond(perSecond).setBurst(burst);
    return COMPLETE.toBuilder().setRate(rate).build();
  }

  @Test
  void areCallersWithoutAName() {
    var fault = "allows a caller without a name, and its service names no single one";
    var two = COMPLETE.toBuilder().addAllow(way("orders", Auth.AUTH_NONE)).build();
    var none = COMPLETE.toBuilder().clearAllow().build();
    assertEquals(List.of(fault), faultsOf(two, way("", Auth.AUTH_ADMIN)));
    assertEquals(List.of(fault), faultsOf(none, way("", Auth.AUTH_ADMIN)));
    assertEquals(List.of(), faultsOf(COMPLETE, way("", Auth.AUTH_ADMIN)));
  }

  @Test
  void areWaysThatSayNothingOrThingsTwice() {
    assertEquals(
        List.of("does not say what a call of \"gateway\" must prove"),
        faultsOf(COMPLETE, way("", Auth.AUTH_UNSPECIFIED)));
    assertEquals(
        List.of("asks \"gateway\" for the unknown proof 9"),
        faultsOf(COMPLETE, Allow.newBuilder().setAuthValue(9).build()));
    assertEquals(
        List.of("allows \"gateway USER\" twice"),
        faultsOf(COMPLETE, way("gateway", Auth.AUTH_USER), way("", Auth.AUTH_USER)));
  }

  @Test
  void areReasonsThatAreNoneOrDeclaredTwice() {
    assertEquals(
        List.of("declares an unspecified error", "declares PAYMENT_NOT_FOUND twice"),
        faultsOf(
            declaring(
                ErrorReason.ERROR_REASON_UNSPECIFIED,
                ErrorReason.PAYMENT_NOT_FOUND,
                ErrorReason.PAYMENT_NOT_FOUND)));
  }

  @Test
  void areReasonsThatNobodyKnows() throws InvalidProtocolBufferException {
    var unknown = Field.newBuilder().addVarint(9999).build();
    var options =
        UnknownFieldSet.newBuilder()
            .addField(PolicyOuterClass.errors.getNumber(), unknown)
            .build()
            .toByteString();
    var registry = ExtensionRegistry.newInstance();
    PolicyOuterClass.registerAllExtensions(registry);
    assertEquals(
        List.of("declares the unknown error 9999"),
        faultsOf(MethodOptions.newBuilder().mergeFrom(options, registry)));
  }

  @Test
  void areQuotasThatLeaveAnythingOpen() {
    var open = Quota.newBuilder().setName("open").setScope(Scope.SCOPE_USER).setLimit(1).build();
    var declares = declaring(ErrorReason.QUOTA_EXCEEDED);
    assertEquals(List.of("declares QUOTA_EXCEEDED and has no quota"), faultsOf(declares.clone()));
    assertEquals(
        List.of("has quotas and does not declare QUOTA_EXCEEDED"),
        faultsOf(MethodOptions.newBuilder().addExtension(QuotaOuterClass.quotas, open)));
    assertEquals(List.of(), faultsOf(declares.clone().addExtension(QuotaOuterClass.quotas, open)));
    assertEquals(
        List.of(
            "has a quota without a name",
            "quota \"\" does not say whose",
            "quota \"\" lets nothing through",
            "has the quota \"open\" twice",
            "quota \"open\" has an empty window"),
        faultsOf(
            declares
                .clone()
                .addExtension(QuotaOuterClass.quotas, Quota.getDefaultInstance())
                .addExtension(QuotaOuterClass.quotas, open)
                .addExtension(
                    QuotaOuterClass.quotas,
                    open.toBuilder().setWindow(Duration.getDefaultInstance()).build())));
  }
}

package theseus.payment.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import build.buf.protovalidate.Validator;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.RequestRules;
import theseus.payment.contract.Violation;
import theseus.payment.v1.PaymentOuterClass.Payment;
import theseus.payment.v1.PaymentServiceOuterClass;
import theseus.payment.v1.PaymentServiceOuterClass.CancelPaymentRequest;
import theseus.payment.v1.PaymentServiceOuterClass.CreatePaymentRequest;
import theseus.payment.v1.PaymentServiceOuterClass.FindStrayChargesRequest;
import theseus.payment.v1.PaymentServiceOuterClass.GetPaymentRequest;
import theseus.payment.v1.PaymentServiceOuterClass.ListPaymentEventsRequest;
import theseus.payment.v1.PaymentServiceOuterClass.ListPaymentsRequest;
import theseus.payment.v1.PaymentServiceOuterClass.ReconcilePaymentRequest;
import theseus.payment.v1.PaymentServiceOuterClass.RefundPaymentRequest;
import theseus.payment.v1.PaymentServiceOuterClass.WatchPaymentRequest;

@DisplayName("A request")
class RequestReaderTest {
  private static final Validator VALIDATOR =
      RequestRules.compile(PaymentServiceOuterClass.getDescriptor());
  private static final String ID = "6f1c2c44-7d0e-4b5a-9a53-0f6d1c3b2a19";
  private static final String UUID4 =
      "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
  private static final Payment PAYMENT =
      Payment.newBuilder().setReservation("reservations/r-1").setCardToken("card").build();

  private static final CreatePaymentRequest CREATE =
      CreatePaymentRequest.newBuilder().setPayment(PAYMENT).setRequestId(ID).build();
  private static final GetPaymentRequest GET =
      GetPaymentRequest.newBuilder().setName("payments/p-1").build();
  private static final ListPaymentsRequest LIST =
      ListPaymentsRequest.newBuilder().setUser("users/u-1").build();
  private static final CancelPaymentRequest CANCEL =
      CancelPaymentRequest.newBuilder().setName("payments/p-1").build();
  private static final ReconcilePaymentRequest RECONCILE =
      ReconcilePaymentRequest.newBuilder().setName("payments/p-1").build();
  private static final FindStrayChargesRequest STRAYS =
      FindStrayChargesRequest.newBuilder().setPageSize(1).build();
  private static final RefundPaymentRequest REFUND =
      RefundPaymentRequest.newBuilder().setName("payments/p-1").setRequestId(ID).build();
  private static final ListPaymentEventsRequest LIST_EVENTS =
      ListPaymentEventsRequest.newBuilder().setParent("payments/p-1").build();
  private static final WatchPaymentRequest WATCH =
      WatchPaymentRequest.newBuilder().setName("payments/p-1").build();

  /** A request with one bad field, and how it is refused. */
  record Bad(Message request, String field, String pattern) {}

  static Stream<Message> good() {
    return Stream.of(CREATE, GET, LIST, CANCEL, REFUND, RECONCILE, STRAYS, LIST_EVENTS, WATCH);
  }

  static Stream<Bad> bad() {
    return Stream.concat(
        Stream.of("", "P-1", "p_1", "p/1", "p\n", "a".repeat(65)).flatMap(RequestReaderTest::named),
        Stream.of(
                "",
                "6f1c2c44-7d0e-1b5a-9a53-0f6d1c3b2a19",
                "6f1c2c44-7d0e-4b5a-7a53-0f6d1c3b2a19",
                "6F1C2C44-7D0E-4B5A-9A53-0F6D1C3B2A19")
            .flatMap(RequestReaderTest::identified));
  }

  private static Stream<Bad> named(String id) {
    var payment = "payments/" + id;
    var paid = PAYMENT.toBuilder().setReservation("reservations/" + id);
    return Stream.of(
        new Bad(
            CREATE.toBuilder().setPayment(paid).build(),
            "payment.reservation",
            "^reservations/[a-z0-9-]{1,64}$"),
        new Bad(LIST.toBuilder().setUser("users/" + id).build(), "user", "^users/[a-z0-9-]{1,64}$"),
        ofPayment(GET.toBuilder().setName(payment).build(), "name"),
        ofPayment(CANCEL.toBuilder().setName(payment).build(), "name"),
        ofPayment(REFUND.toBuilder().setName(payment).build(), "name"),
        ofPayment(RECONCILE.toBuilder().setName(payment).build(), "name"),
        ofPayment(LIST_EVENTS.toBuilder().setParent(payment).build(), "parent"),
        ofPayment(WATCH.toBuilder().setName(payment).build(), "name"));
  }

  private static Bad ofPayment(Message request, String field) {
    return new Bad(request, field, "^payments/[a-z0-9-]{1,64}$");
  }

  private static Stream<Bad> identified(String id) {
    return Stream.of(
        new Bad(CREATE.toBuilder().setRequestId(id).build(), "request_id", UUID4),
        new Bad(REFUND.toBuilder().setRequestId(id).build(), "request_id", UUID4));
  }

  private static Message read(Message request) {
    var reader = new RequestReader<>(request.getDefaultInstanceForType(), 65536, VALIDATOR);
    return reader.read(request.toByteArray());
  }

  private static RefusedException refusalOf(Message request) {
    return assertThrows(RefusedException.class, () -> read(request));
  }

  @ParameterizedTest
  @MethodSource("good")
  void isReadAsItWasSent(Message request) {
    assertEquals(request, read(request));
  }

  @Test
  void isOneOfEveryMethod() {
    var service = PaymentServiceOuterClass.getDescriptor().findServiceByName("PaymentService");
    assertEquals(
        service.getMethods().stream()
            .map(method -> method.getInputType())
            .collect(Collectors.toSet()),
        good().map(Message::getDescriptorForType).collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void isRefusedWithABadNameOrId(Bad bad) {
    var refusal = refusalOf(bad.request());
    var message = "does not match regex pattern `" + bad.pattern() + "`";
    assertEquals(ErrorReason.VALIDATION_FAILED, refusal.reason());
    assertEquals(bad.field() + ": " + message, refusal.getMessage());
    assertEquals(
        List.of(new Violation(bad.field(), "string.pattern", message)), refusal.violations());
  }

  @Test
  void isRefusedWithAnotherCollectionsName() {
    var refusal = refusalOf(GET.toBuilder().setName("reservations/r-1").build());
    assertEquals("name", refusal.violations().get(0).field());
  }

  @Test
  void mustHaveTheCardAndThePayment() {
    var noCard = CREATE.toBuilder().setPayment(PAYMENT.toBuilder().clearCardToken()).build();
    assertEquals(
        List.of(
            new Violation("payment", "payment.card_token.required", "card_token must be given")),
        refusalOf(noCard).violations());
    var noPayment = CREATE.toBuilder().clearPayment().build();
    assertEquals(
        Set.of("payment required"),
        refusalOf(noPayment).violations().stream()
            .map(violation -> violation.field() + " " + violation.rule())
            .collect(Collectors.toSet()));
  }
}

package theseus.payment.message;

import com.google.protobuf.Timestamp;
import java.time.Instant;
import theseus.payment.saga.EventType;
import theseus.payment.saga.Failure;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.Money;
import theseus.payment.saga.PaymentLog;
import theseus.payment.v1.PaymentEventOuterClass.PaymentEvent;
import theseus.payment.v1.PaymentEventOuterClass.PaymentEventType;
import theseus.payment.v1.PaymentOuterClass.Payment;
import theseus.payment.v1.PaymentOuterClass.PaymentFailure;
import theseus.payment.v1.PaymentOuterClass.PaymentState;

/** Converts payments, events and money to the contract's messages. */
public final class Messages {
  private static final String COLLECTION = "payments/";

  private Messages() {}

  public static String toName(String id) {
    return COLLECTION + id;
  }

  /** The id in a valid name. */
  public static String toId(String name) {
    return name.substring(COLLECTION.length());
  }

  /** The payment that a log describes. */
  public static Payment toPayment(PaymentLog log) {
    var intent = log.intent();
    var last = log.last();
    var payment =
        Payment.newBuilder()
            .setName(toName(intent.id()))
            .setUser(intent.user())
            .setReservation(intent.reservation())
            .setAmount(toMoney(intent.amount()))
            .setRefundedAmount(toMoney(log.refunded()))
            .setState(toState(last.type()))
            .setCreateTime(toTimestamp(intent.createTime()))
            .setUpdateTime(toTimestamp(last.time()));
    last.failure().map(Messages::toFailure).ifPresent(payment::setFailure);
    return payment.build();
  }

  public static PaymentEvent toEvent(String payment, LogEvent event) {
    var message =
        PaymentEvent.newBuilder()
            .setName(toName(payment) + "/events/" + event.sequence())
            .setSequence(event.sequence())
            .setType(toType(event.type()))
            .setEventTime(toTimestamp(event.time()));
    event.failure().map(Messages::toFailure).ifPresent(message::setFailure);
    event.amount().map(Messages::toMoney).ifPresent(message::setAmount);
    return message.build();
  }

  public static com.google.type.Money toMoney(Money money) {
    return com.google.type.Money.newBuilder()
        .setCurrencyCode(money.currencyCode())
        .setUnits(money.units())
        .setNanos(money.nanos())
        .build();
  }

  public static Money fromMoney(com.google.type.Money money) {
    return new Money(money.getCurrencyCode(), money.getUnits(), money.getNanos());
  }

  private static Timestamp toTimestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private static PaymentState toState(EventType type) {
    return switch (type) {
      case CREATED -> PaymentState.PAYMENT_STATE_CREATED;
      case AUTHORIZED -> PaymentState.PAYMENT_STATE_AUTHORIZED;
      case STOCK_COMMITTED -> PaymentState.PAYMENT_STATE_STOCK_COMMITTED;
      case CAPTURED, REFUND_REQUESTED, REFUNDED -> PaymentState.PAYMENT_STATE_CAPTURED;
      case ABORTING -> PaymentState.PAYMENT_STATE_ABORTING;
      case FAILED -> PaymentState.PAYMENT_STATE_FAILED;
    };
  }

  private static PaymentEventType toType(EventType type) {
    return switch (type) {
      case CREATED -> PaymentEventType.PAYMENT_EVENT_TYPE_CREATED;
      case AUTHORIZED -> PaymentEventType.PAYMENT_EVENT_TYPE_AUTHORIZED;
      case STOCK_COMMITTED -> PaymentEventType.PAYMENT_EVENT_TYPE_STOCK_COMMITTED;
      case CAPTURED -> PaymentEventType.PAYMENT_EVENT_TYPE_CAPTURED;
      case ABORTING -> PaymentEventType.PAYMENT_EVENT_TYPE_ABORTING;
      case FAILED -> PaymentEventType.PAYMENT_EVENT_TYPE_FAILED;
      case REFUND_REQUESTED -> PaymentEventType.PAYMENT_EVENT_TYPE_REFUND_REQUESTED;
      case REFUNDED -> PaymentEventType.PAYMENT_EVENT_TYPE_REFUNDED;
    };
  }

  private static PaymentFailure toFailure(Failure failure) {
    return switch (failure) {
      case DECLINED -> PaymentFailure.PAYMENT_FAILURE_DECLINED;
      case RESERVATION_GONE -> PaymentFailure.PAYMENT_FAILURE_RESERVATION_GONE;
      case RESERVATION_TAKEN -> PaymentFailure.PAYMENT_FAILURE_RESERVATION_TAKEN;
      case CAPTURE_REFUSED -> PaymentFailure.PAYMENT_FAILURE_CAPTURE_REFUSED;
      case CANCELLED -> PaymentFailure.PAYMENT_FAILURE_CANCELLED;
    };
  }
}

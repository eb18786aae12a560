package theseus.payment.store;

import java.time.Instant;
import java.util.Date;
import java.util.Locale;
import java.util.Optional;
import org.bson.Document;
import theseus.payment.saga.EventType;
import theseus.payment.saga.Failure;
import theseus.payment.saga.Intent;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.Money;
import theseus.payment.saga.RefundMark;
import theseus.payment.saga.RequestMark;

/**
 * Converts to and from the documents of storage.md. {@code units} has 64 bits, {@code nanos} and
 * {@code sequence} have 32.
 */
final class Documents {
  private Documents() {}

  /** {@code {payment}#{sequence in 8 digits}}: ids sort in the order of the log. */
  static String eventId(String payment, int sequence) {
    return String.format(Locale.ROOT, "%s#%08d", payment, sequence);
  }

  static Document fromIntent(Intent intent) {
    return new Document("_id", intent.id())
        .append("user", intent.user())
        .append("request_id", intent.request().id())
        .append("fingerprint", intent.request().fingerprint())
        .append("reservation", intent.reservation())
        .append("amount", fromMoney(intent.amount()))
        .append("create_time", Date.from(intent.createTime()));
  }

  /** Takes the place of an intent that must never be inserted. */
  static Document voidIntent(String payment, Instant time) {
    return fromIntent(
        new Intent(payment, "", "", Money.none(""), new RequestMark(payment, ""), time));
  }

  /** Empty for a void. */
  static Optional<Intent> toIntent(Document document) {
    if (document.getString("user").isEmpty()) return Optional.empty();
    return Optional.of(
        new Intent(
            document.getString("_id"),
            document.getString("user"),
            document.getString("reservation"),
            toMoney(document.get("amount", Document.class)),
            new RequestMark(document.getString("request_id"), document.getString("fingerprint")),
            document.getDate("create_time").toInstant()));
  }

  static Document fromEvent(String payment, LogEvent event) {
    var document =
        new Document("_id", eventId(payment, event.sequence()))
            .append("payment", payment)
            .append("sequence", event.sequence())
            .append("type", event.type().name())
            .append("event_time", Date.from(event.time()));
    event.failure().ifPresent(failure -> document.append("failure", failure.name()));
    event.amount().ifPresent(amount -> document.append("amount", fromMoney(amount)));
    event
        .refund()
        .ifPresent(
            refund ->
                document
                    .append("refund_user", refund.user())
                    .append("refund_request_id", refund.request().id())
                    .append("refund_fingerprint", refund.request().fingerprint()));
    return document;
  }

  static LogEvent toEvent(Document document) {
    return new LogEvent(
        number(document, "sequence").intValue(),
        EventType.valueOf(document.getString("type")),
        document.getDate("event_time").toInstant(),
        Optional.ofNullable(document.getString("failure")).map(Failure::valueOf),
        Optional.ofNullable(document.get("amount", Document.class)).map(Documents::toMoney),
        Optional.ofNullable(document.getString("refund_user"))
            .map(user -> toRefund(user, document)));
  }

  static Document fromMarker(Marker marker, Optional<String> cardToken) {
    var document =
        new Document("_id", eventId(marker.payment(), marker.sequence()))
            .append("payment", marker.payment())
            .append("sequence", marker.sequence())
            .append("create_time", Date.from(marker.time()));
    cardToken.ifPresent(token -> document.append("card_token", token));
    return document;
  }

  static Marker toMarker(Document document) {
    return new Marker(
        document.getString("payment"),
        number(document, "sequence").intValue(),
        document.getDate("create_time").toInstant());
  }

  private static RefundMark toRefund(String user, Document document) {
    var request =
        new RequestMark(
            document.getString("refund_request_id"), document.getString("refund_fingerprint"));
    return new RefundMark(user, request);
  }

  private static Document fromMoney(Money money) {
    return new Document("currency_code", money.currencyCode())
        .append("units", money.units())
        .append("nanos", money.nanos());
  }

  private static Money toMoney(Document document) {
    return new Money(
        document.getString("currency_code"),
        number(document, "units").longValue(),
        number(document, "nanos").intValue());
  }

  private static Number number(Document document, String field) {
    return document.get(field, Number.class);
  }
}

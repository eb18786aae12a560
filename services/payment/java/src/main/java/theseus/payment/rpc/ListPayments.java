package theseus.payment.rpc;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import theseus.payment.call.Call;
import theseus.payment.message.Messages;
import theseus.payment.saga.Intent;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.PaymentLog;
import theseus.payment.store.PaymentStore.Place;
import theseus.payment.v1.PaymentServiceOuterClass.ListPaymentEventsRequest;
import theseus.payment.v1.PaymentServiceOuterClass.ListPaymentEventsResponse;
import theseus.payment.v1.PaymentServiceOuterClass.ListPaymentsRequest;
import theseus.payment.v1.PaymentServiceOuterClass.ListPaymentsResponse;
import theseus.payment.values.Paging;

record ListPayments(PaymentContext context) {

  ListPaymentsResponse answer(ListPaymentsRequest request, Call call) {
    var principal = call.requireUser();
    var own = request.getUser().isEmpty() && !principal.isAdmin();
    var user = own ? principal.user() : request.getUser();
    var bound = List.of("ListPayments", principal.user(), user);
    var after = token(request.getPageToken()).map(token -> toPlace(Paging.decode(bound, token)));
    if (!user.equals(principal.user()) && !principal.isAdmin()) {
      return ListPaymentsResponse.getDefaultInstance();
    }
    var limit = Paging.size(request.getPageSize());
    var whose = Optional.of(user).filter(name -> !name.isEmpty());
    var found = context.store().list(whose, after, limit + 1);
    var page = found.subList(0, Math.min(limit, found.size()));
    var response = ListPaymentsResponse.newBuilder();
    page.stream().map(Messages::toPayment).forEach(response::addPayments);
    if (found.size() > limit) {
      var last = page.get(limit - 1).intent();
      var cursor = List.of(Long.toString(last.createTime().toEpochMilli()), last.id());
      response.setNextPageToken(Paging.encode(bound, cursor));
    }
    return response.build();
  }

  ListPaymentEventsResponse answer(ListPaymentEventsRequest request, Call call) {
    var visible = PaymentContext.Visibility.OWN_OR_ADMIN;
    var intent = context.findIntent(request.getParent(), visible, call);
    var bound = List.of("ListPaymentEvents", request.getParent());
    var after =
        token(request.getPageToken())
            .map(token -> toSequence(Paging.decode(bound, token)))
            .orElse(0);
    var limit = Paging.size(request.getPageSize());
    var found = readAfter(intent, after, limit + 1);
    var page = found.subList(0, Math.min(limit, found.size()));
    var response = ListPaymentEventsResponse.newBuilder();
    page.stream().map(event -> Messages.toEvent(intent.id(), event)).forEach(response::addEvents);
    if (found.size() > limit) {
      var cursor = List.of(Integer.toString(page.get(limit - 1).sequence()));
      response.setNextPageToken(Paging.encode(bound, cursor));
    }
    return response.build();
  }

  /** Only the page is read, however long the log is. */
  private List<LogEvent> readAfter(Intent intent, int after, int atLeast) {
    if (after > 0) return context.store().eventsAfter(intent.id(), after, atLeast);
    return PaymentLog.of(intent, context.store().eventsAfter(intent.id(), 1, atLeast)).events();
  }

  private static Optional<String> token(String given) {
    return Optional.of(given).filter(token -> !token.isEmpty());
  }

  private static Place toPlace(List<String> cursor) {
    if (cursor.size() != 2
        || !cursor.get(0).matches("[0-9]{1,15}")
        || !cursor.get(1).matches("[a-z0-9-]{1,64}")) {
      throw Paging.invalid();
    }
    return new Place(Instant.ofEpochMilli(Long.parseLong(cursor.get(0))), cursor.get(1));
  }

  private static int toSequence(List<String> cursor) {
    if (cursor.size() != 1 || !cursor.get(0).matches("[0-9]{1,8}")) throw Paging.invalid();
    return Integer.parseInt(cursor.get(0));
  }
}

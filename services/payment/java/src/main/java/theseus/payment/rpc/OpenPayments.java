package theseus.payment.rpc;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.Quotas;
import theseus.payment.contract.RefusedException;
import theseus.payment.saga.PaymentLog;
import theseus.payment.store.PaymentStore;
import theseus.payment.store.Slot;
import theseus.payment.v1.PaymentServiceOuterClass;
import theseus.quota.v1.QuotaOuterClass.Quota;

/** The slots of storage.md: no user has more payments open than the quota says. */
public final class OpenPayments {
  /**
   * How old the slot of a call with the same request id must be: longer than the questions before
   * the intent may take.
   */
  private static final Duration SAME_REQUEST = Duration.ofSeconds(3);

  private final PaymentStore store;
  private final InstantSource clock;
  private final Quota quota;
  private final Duration recoverAfter;

  /**
   * @param recoverAfter how old the slot of a payment that has not begun must be before it is free
   */
  public OpenPayments(PaymentStore store, InstantSource clock, Quota quota, Duration recoverAfter) {
    this.store = store;
    this.clock = clock;
    this.quota = quota;
    this.recoverAfter = recoverAfter;
  }

  /** The contract's quota. */
  public static Quota quota() {
    var service = PaymentServiceOuterClass.getDescriptor().findServiceByName("PaymentService");
    return Quotas.named(service.findMethodByName("CreatePayment"), "open_payments");
  }

  /**
   * Takes a slot. False when another call with the request id has one: its payment exists, or is
   * about to begin. Refuses with QUOTA_EXCEEDED when every slot has an open payment.
   */
  boolean enter(String user, String payment, String requestId) {
    while (true) {
      var taken = store.slots().of(user);
      var same = taken.stream().filter(slot -> slot.requestId().equals(requestId)).toList();
      var left = findFree(same, SAME_REQUEST);
      if (!same.isEmpty() && left.isEmpty()) return false;
      var unused = findUnused(taken);
      var free = left.isPresent() || unused.isPresent() ? left : findFree(taken, recoverAfter);
      var number = free.map(Slot::number).or(() -> unused).orElseThrow(this::exceeded);
      var slot = new Slot(user, number, payment, requestId, clock.instant());
      // Who loses a slot to another looks again: each round somebody gets one.
      if (free.map(had -> store.slots().replace(had, slot)).orElseGet(() -> insert(slot))) {
        return true;
      }
    }
  }

  /** Gives the slot of a payment back that does not begin. */
  void leave(String user, String payment) {
    store.slots().free(user, payment);
  }

  private boolean insert(Slot slot) {
    return store.slots().insert(slot);
  }

  private Optional<Integer> findUnused(List<Slot> taken) {
    var numbers = taken.stream().map(Slot::number).collect(Collectors.toSet());
    return IntStream.rangeClosed(1, (int) quota.getLimit())
        .boxed()
        .filter(number -> !numbers.contains(number))
        .findFirst();
  }

  private Optional<Slot> findFree(List<Slot> taken, Duration longest) {
    if (taken.isEmpty()) return Optional.empty();
    var begun = loadBegun(taken);
    var ended = taken.stream().filter(slot -> isFinal(begun.get(slot.payment()))).findFirst();
    if (ended.isPresent()) return ended;
    var left =
        taken.stream()
            .filter(slot -> !begun.containsKey(slot.payment()) && isOlder(slot, longest))
            .toList();
    if (left.isEmpty()) return Optional.empty();
    left.forEach(slot -> store.insertVoid(slot.payment(), clock.instant()));
    var late = loadBegun(left);
    return left.stream().filter(slot -> !late.containsKey(slot.payment())).findFirst();
  }

  private Map<String, PaymentLog> loadBegun(List<Slot> taken) {
    return store.loadAll(taken.stream().map(Slot::payment).toList()).stream()
        .collect(Collectors.toMap(PaymentLog::id, Function.identity()));
  }

  private boolean isOlder(Slot slot, Duration age) {
    return Duration.between(slot.time(), clock.instant()).compareTo(age) > 0;
  }

  private static boolean isFinal(PaymentLog log) {
    return log != null && log.asPaid().isSettled();
  }

  private RefusedException exceeded() {
    return new RefusedException(
        ErrorReason.QUOTA_EXCEEDED,
        "as many payments are open as a user may have",
        Map.of("quota", quota.getName(), "limit", Long.toString(quota.getLimit())));
  }
}

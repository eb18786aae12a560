package theseus.payment.rpc;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.inventory.v1.InventoryServiceOuterClass.GetReservationRequest;
import theseus.inventory.v1.ReservationOuterClass.Reservation;
import theseus.payment.call.Call;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.StatusDetails;
import theseus.payment.drive.AskedReservation;
import theseus.payment.drive.Peers;
import theseus.payment.message.Messages;
import theseus.payment.saga.Money;
import theseus.user.v1.UserOuterClass.UserState;
import theseus.user.v1.UserServiceOuterClass.GetUserRequest;

/**
 * Decides whether a payment may begin. Its calls to peers end with the call that they are made for.
 */
public final class Admission {
  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
  private static final int NANOS = 1_000_000_000;

  private final Peers peers;
  private final Executor executor;

  public Admission(Peers peers, Executor executor) {
    this.peers = peers;
    this.executor = executor;
  }

  /** The reservation's total; refuses when the payment may not begin. */
  Money admit(String reservation, String user, Call call) {
    var account =
        CompletableFuture.runAsync(
            Context.current().wrap(() -> checkAccount(user, call)), executor);
    RefusedException refusal = null;
    Reservation found = null;
    try {
      found = read(reservation, call);
    } catch (RefusedException notRead) {
      refusal = notRead;
    }
    join(account);
    if (refusal != null) throw refusal;
    return checkPayable(found, user);
  }

  private Reservation read(String name, Call call) {
    try {
      var request = GetReservationRequest.newBuilder().setName(name).build();
      var answer = peers.inventory(call.outgoing()).getReservation(request);
      return AskedReservation.require(answer, name);
    } catch (StatusRuntimeException failure) {
      call.requireWaiting();
      var reason = StatusDetails.reasonOf(failure);
      if (reason.filter(ErrorReason.RESERVATION_NOT_FOUND::equals).isPresent()) {
        throw Refusals.reservationNotFound();
      }
      throw unreadable(failure);
    }
  }

  /** Refuses when the account is gone. Without an answer the payment goes on. */
  private void checkAccount(String name, Call call) {
    if (!isGone(name, call)) return;
    throw new RefusedException(
        ErrorReason.TOKEN_INVALID, "the account of this access token is gone");
  }

  private boolean isGone(String name, Call call) {
    try {
      var user =
          peers.user(call.outgoing()).getUser(GetUserRequest.newBuilder().setName(name).build());
      return user.getName().equals(name) && user.getState() == UserState.USER_STATE_DELETED;
    } catch (StatusRuntimeException failure) {
      var reason = StatusDetails.reasonOf(failure);
      if (reason.filter(ErrorReason.USER_NOT_FOUND::equals).isPresent()) return true;
      call.log()
          .warn("account-unchecked")
          .with("code", failure.getStatus().getCode())
          .with("reason", reason)
          .write("the account could not be checked");
      return false;
    }
  }

  private static Money checkPayable(Reservation reservation, String user) {
    if (!reservation.getOwner().equals(user)) throw Refusals.reservationNotFound();
    return switch (reservation.getState()) {
      case RESERVATION_STATE_HELD -> Messages.fromMoney(totalOf(reservation));
      case RESERVATION_STATE_COMMITTED -> throw Refusals.reservationTaken();
      case RESERVATION_STATE_EXPIRED, RESERVATION_STATE_RELEASED ->
          throw Refusals.reservationGone();
      case RESERVATION_STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw unreadable(
              new IllegalStateException("a reservation in state " + reservation.getStateValue()));
    };
  }

  private static com.google.type.Money totalOf(Reservation reservation) {
    if (isAmount(reservation.getTotal())) return reservation.getTotal();
    throw unreadable(new IllegalStateException("a reservation without an amount"));
  }

  /** False for a total that is not there, since it has no currency. */
  private static boolean isAmount(com.google.type.Money money) {
    return CURRENCY.matcher(money.getCurrencyCode()).matches()
        && money.getUnits() >= 0
        && money.getNanos() >= 0
        && money.getNanos() < NANOS;
  }

  private static RefusedException unreadable(Throwable cause) {
    return new RefusedException(
        ErrorReason.SERVICE_UNAVAILABLE, "the reservation cannot be read now", cause);
  }

  private static void join(CompletableFuture<Void> account) {
    try {
      account.join();
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof RefusedException refusal) throw refusal;
      throw failure;
    }
  }
}

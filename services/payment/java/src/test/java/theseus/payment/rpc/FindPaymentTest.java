package theseus.payment.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Context;
import io.grpc.Metadata;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.payment.call.Call;
import theseus.payment.call.Principal;
import theseus.payment.contract.RefusedException;
import theseus.payment.rpc.PaymentContext.Visibility;
import theseus.payment.saga.Intent;
import theseus.payment.saga.Money;
import theseus.payment.saga.RequestMark;
import theseus.payment.store.PaymentStore;

@DisplayName("Finding a payment")
class FindPaymentTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final List<String> reads = new ArrayList<>();
  private final PaymentContext context = contextOf(storeOf("anna"));

  @Test
  void readsTheSameForSomebodyElsesAsForAMissingOne() {
    for (var visibility : List.of(Visibility.OWN, Visibility.OWN_OR_ADMIN)) {
      for (var name : List.of("payments/anna", "payments/none")) {
        reads.clear();
        assertThrows(
            RefusedException.class, () -> context.find(name, visibility, callOf("users/ben")));
        assertEquals(List.of("findIntent"), reads);
      }
    }
  }

  @Test
  void readsTheLogForItsOwner() {
    var log = context.find("payments/anna", Visibility.OWN, callOf("users/anna"));
    assertEquals(1, log.events().size());
    assertEquals(List.of("findIntent", "eventsAfter"), reads);
  }

  private static Call callOf(String user) {
    var principal = Optional.of(new Principal(user, false));
    return new Call(Optional.empty(), principal, NOW, new Metadata(), Context.ROOT, null);
  }

  private static PaymentContext contextOf(PaymentStore store) {
    return new PaymentContext(
        store,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        new Turns(),
        InstantSource.fixed(NOW),
        Duration.ZERO,
        Runnable::run);
  }

  /** A store with one payment, which is of a user of the same name. It notes how it is read. */
  private PaymentStore storeOf(String payment) {
    var mark = new RequestMark("r", "f");
    var user = "users/" + payment;
    var intent = new Intent(payment, user, "reservations/r", new Money("EUR", 1, 0), mark, NOW);
    return (PaymentStore)
        Proxy.newProxyInstance(
            PaymentStore.class.getClassLoader(),
            new Class<?>[] {PaymentStore.class},
            (proxy, method, arguments) -> read(intent, proxy, method, arguments));
  }

  private Object read(Intent intent, Object proxy, Method method, Object[] arguments)
      throws ReflectiveOperationException {
    if (method.isDefault()) return invokeDefault(proxy, method, arguments);
    reads.add(method.getName());
    return switch (method.getName()) {
      case "findIntent" -> Optional.of(intent).filter(each -> each.id().equals(arguments[0]));
      case "eventsAfter" -> List.of();
      default -> throw new UnsupportedOperationException(method.getName());
    };
  }

  private static Object invokeDefault(Object proxy, Method method, Object[] arguments)
      throws ReflectiveOperationException {
    try {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    } catch (ReflectiveOperationException | RuntimeException failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }
}

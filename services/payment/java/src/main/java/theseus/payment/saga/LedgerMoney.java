package theseus.payment.saga;

import java.util.List;
import java.util.Optional;
import theseus.payment.saga.OtherSides.Line;
import theseus.payment.saga.OtherSides.LineType;

/**
 * What a ledger adds up to.
 *
 * @param isSetAside it can still be taken
 */
public record LedgerMoney(Money authorized, Money captured, Money refunded, boolean isSetAside) {

  /** What the provider still has of a payment that does not exist. */
  public record Stray(Money amount, boolean captured) {}

  /** In one currency: of a payment's ledger, of another nothing was ever asked. */
  static LedgerMoney of(String currencyCode, List<Line> ledger) {
    var authorized = sum(LineType.AUTHORIZED, currencyCode, ledger);
    var captured = sum(LineType.CAPTURED, currencyCode, ledger);
    var isCancelled = ledger.stream().anyMatch(line -> line.type() == LineType.CANCELLED);
    return new LedgerMoney(
        authorized,
        captured,
        sum(LineType.REFUNDED, currencyCode, ledger),
        !authorized.isNone() && captured.isNone() && !isCancelled);
  }

  /** Empty when the provider has nothing. */
  public static Optional<Stray> stray(List<Line> ledger) {
    var authorized =
        ledger.stream()
            .filter(line -> line.type() == LineType.AUTHORIZED)
            .flatMap(line -> line.amount().stream())
            .findFirst();
    if (authorized.isEmpty()) return Optional.empty();
    var money = of(authorized.get().currencyCode(), ledger);
    if (money.isSetAside()) return Optional.of(new Stray(authorized.get(), false));
    return money.kept().map(amount -> new Stray(amount, true));
  }

  /** What was taken and not given back; empty when that is nothing. */
  Optional<Money> kept() {
    return captured.isMoreThan(refunded) ? Optional.of(captured.minus(refunded)) : Optional.empty();
  }

  private static Money sum(LineType type, String currencyCode, List<Line> ledger) {
    return ledger.stream()
        .filter(line -> line.type() == type)
        .flatMap(line -> line.amount().stream())
        .filter(amount -> amount.currencyCode().equals(currencyCode))
        .reduce(Money.none(currencyCode), Money::plus);
  }
}

package theseus.payment.saga;

import java.math.BigInteger;
import java.util.Locale;

/**
 * An amount, never negative: whole {@code units} of a currency and {@code nanos} billionths of one.
 */
public record Money(String currencyCode, long units, int nanos) {
  private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000);

  public static Money none(String currencyCode) {
    return new Money(currencyCode, 0, 0);
  }

  /** Throws ArithmeticException when the sum does not fit or the currencies differ. */
  public Money plus(Money other) {
    return of(sameCurrency(other), toNanos().add(other.toNanos()));
  }

  /** Throws ArithmeticException when the other is more or the currencies differ. */
  public Money minus(Money other) {
    return of(sameCurrency(other), toNanos().subtract(other.toNanos()));
  }

  public boolean isMoreThan(Money other) {
    sameCurrency(other);
    return toNanos().compareTo(other.toNanos()) > 0;
  }

  public boolean isNone() {
    return units == 0 && nanos == 0;
  }

  /** {@code 12.5 EUR} */
  public String toText() {
    var billionths = String.format(Locale.ROOT, "%09d", nanos);
    var fraction = nanos == 0 ? "" : "." + billionths.replaceFirst("0+$", "");
    return units + fraction + " " + currencyCode;
  }

  private BigInteger toNanos() {
    return BigInteger.valueOf(units).multiply(NANOS).add(BigInteger.valueOf(nanos));
  }

  private static Money of(String currencyCode, BigInteger total) {
    if (total.signum() < 0) throw new ArithmeticException("the amount is below zero");
    var parts = total.divideAndRemainder(NANOS);
    return new Money(currencyCode, parts[0].longValueExact(), parts[1].intValueExact());
  }

  private String sameCurrency(Money other) {
    if (currencyCode.equals(other.currencyCode)) return currencyCode;
    throw new ArithmeticException("the amounts are in different currencies");
  }
}

package theseus.payment.contract;

/**
 * One broken rule about one field of a request.
 *
 * @param field path in the contract's spelling: {@code amount.currency_code}
 * @param rule id of the broken rule: {@code string.pattern}
 * @param message what is wrong, for people; never the value itself
 */
public record Violation(String field, String rule, String message) {}

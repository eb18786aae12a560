package theseus.payment.process;

import java.util.Optional;

/**
 * What is wrong with one environment variable.
 *
 * @param given the value, unless it is secret
 * @param problem what is wrong and what to do about it
 */
public record ConfigFault(String variable, Optional<String> given, String problem) {}

package theseus.payment.saga;

import java.util.Optional;

/**
 * What follows from an answer: an event to append, another question, or waiting in the same state.
 */
public sealed interface Move {
  record Append(EventType type, Optional<Failure> failure) implements Move {}

  record Ask(Question question) implements Move {}

  record Wait() implements Move {}
}

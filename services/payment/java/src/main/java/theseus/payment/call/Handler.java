package theseus.payment.call;

import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** Answers the calls of one method. An exception ends the call. */
@FunctionalInterface
public interface Handler<Q, S> {
  void handle(Q request, Call call, ResponseStream<S> responses);

  /** Answers with one message before it returns. */
  static <Q, S> Handler<Q, S> blocking(BiFunction<Q, Call, S> answer) {
    return (request, call, responses) -> {
      responses.send(answer.apply(request, call));
      responses.finish();
    };
  }

  /** Answers with one message later. */
  static <Q, S> Handler<Q, S> later(BiFunction<Q, Call, ? extends CompletionStage<S>> answer) {
    return (request, call, responses) ->
        answer
            .apply(request, call)
            .whenComplete(
                (response, thrown) -> {
                  if (thrown != null) {
                    responses.fail(thrown);
                  } else {
                    responses.send(response);
                    responses.finish();
                  }
                });
  }
}

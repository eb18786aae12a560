package theseus.payment.call;

import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** Answers the calls of one method. What it throws ends the call. */
@FunctionalInterface
public interface Handler<Q, S> {
  void handle(Q request, Call call, Outlet<S> outlet);

  /** Answers with one message before it returns. */
  static <Q, S> Handler<Q, S> blocking(BiFunction<Q, Call, S> answer) {
    return (request, call, outlet) -> {
      outlet.send(answer.apply(request, call));
      outlet.finish();
    };
  }

  /** Answers with one message later. */
  static <Q, S> Handler<Q, S> later(BiFunction<Q, Call, ? extends CompletionStage<S>> answer) {
    return (request, call, outlet) ->
        answer
            .apply(request, call)
            .whenComplete(
                (response, thrown) -> {
                  if (thrown != null) {
                    outlet.fail(thrown);
                  } else {
                    outlet.send(response);
                    outlet.finish();
                  }
                });
  }
}

package theseus.payment.drive;

import io.grpc.Metadata;
import theseus.payment.call.Call;
import theseus.payment.call.Trace;
import theseus.payment.process.Log;

/** Whose work a question belongs to: the headers of its trace, and its log. */
public record Errand(Metadata headers, Log log) {
  public static Errand of(Call call) {
    return new Errand(call.outgoing(), call.log());
  }

  static Errand ofOurOwn(Log log) {
    var trace = Trace.start();
    return new Errand(trace.outgoing(), log.child("x-request-id", trace.requestId()));
  }
}

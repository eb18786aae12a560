package theseus.payment.drive;

import io.grpc.Metadata;
import theseus.payment.call.Call;
import theseus.payment.call.Trace;
import theseus.payment.process.Log;

/**
 * The request that work is done for.
 *
 * @param headers for the calls that the work makes: they continue the request's trace
 * @param log its lines carry the request's id
 */
public record RequestContext(Metadata headers, Log log) {
  public static RequestContext of(Call call) {
    return new RequestContext(call.outgoing(), call.log());
  }

  /** Of work that no call has asked for. */
  static RequestContext startNew(Log log) {
    var trace = Trace.start();
    return new RequestContext(trace.outgoing(), log.child("request_id", trace.requestId()));
  }
}

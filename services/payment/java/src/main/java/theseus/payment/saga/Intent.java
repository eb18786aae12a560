package theseus.payment.saga;

import java.time.Instant;

/** What was asked for, once and for all. It is the log's first event. */
public record Intent(
    String id,
    String user,
    String reservation,
    Money amount,
    RequestMark request,
    Instant createTime) {}

package theseus.payment.saga;

import java.time.Instant;

/** What was asked for, which never changes. The log's first event, CREATED, is made from it. */
public record Intent(
    String id,
    String user,
    String reservation,
    Money amount,
    RequestMark request,
    Instant createTime) {}

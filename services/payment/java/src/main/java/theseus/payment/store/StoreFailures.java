package theseus.payment.store;

import com.mongodb.MongoClientException;
import com.mongodb.MongoException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoServerException;
import com.mongodb.MongoServerUnavailableException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoWriteConcernException;
import java.util.Set;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;

/** What the driver throws, as what it means to callers. */
final class StoreFailures {
  /** A node that is not, or no longer, the primary, or is going down. */
  private static final Set<Integer> MOVED_ON =
      Set.of(91, 189, 10_107, 11_600, 11_602, 13_435, 13_436);

  private StoreFailures() {}

  /** SERVICE_UNAVAILABLE when the store is not there; everything else is a fault, as it is. */
  static RuntimeException translate(MongoException failure) {
    if (!isUnavailability(failure)) return failure;
    return new RefusedException(
        ErrorReason.SERVICE_UNAVAILABLE, "the store cannot be reached", failure);
  }

  private static boolean isUnavailability(MongoException failure) {
    return failure instanceof MongoSocketException
        || failure instanceof MongoWriteConcernException
        || failure instanceof MongoNotPrimaryException
        || failure instanceof MongoNodeIsRecoveringException
        || failure instanceof MongoServerUnavailableException
        || failure instanceof MongoInterruptedException
        // No server in time, no connection in time, a pool that was emptied when its server went
        // away.
        || failure instanceof MongoClientException
        || (failure instanceof MongoServerException && MOVED_ON.contains(failure.getCode()));
  }
}

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

/** Translates the driver's exceptions into what they mean to callers. */
final class StoreFailures {
  /**
   * Codes of a node that has failed (1 InternalError, 14031 OutOfDiskSpace), is not the primary or
   * is shutting down, or cannot reach those that it needs (6 HostUnreachable, 7 HostNotFound, 89
   * NetworkTimeout, 134 ReadConcernMajorityNotAvailableYet, 262 ExceededTimeLimit, 9001
   * SocketException).
   */
  private static final Set<Integer> UNAVAILABLE =
      Set.of(1, 6, 7, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436, 14_031);

  private StoreFailures() {}

  /**
   * SERVICE_UNAVAILABLE when the store cannot be reached. Everything else is a fault of this
   * service and stays as it is.
   */
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
        // No server or connection in time, or a pool that was emptied because its server went away.
        || failure instanceof MongoClientException
        || (failure instanceof MongoServerException && UNAVAILABLE.contains(failure.getCode()));
  }
}

package theseus.payment.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.mongodb.MongoCommandException;
import com.mongodb.ServerAddress;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;

@DisplayName("What a failure of the store means")
class StoreFailuresTest {
  @ParameterizedTest
  @ValueSource(
      ints = {1, 6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 14031})
  void isServiceUnavailableForAStoreThatCannotAnswerNow(int code) {
    var failure = answer(code);
    var refused = assertInstanceOf(RefusedException.class, StoreFailures.translate(failure));
    assertEquals(ErrorReason.SERVICE_UNAVAILABLE, refused.reason());
    assertSame(failure, refused.getCause());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 59})
  void staysWhatItIsForACommandThatTheStoreRefuses(int code) {
    var failure = answer(code);
    assertSame(failure, StoreFailures.translate(failure));
  }

  private static MongoCommandException answer(int code) {
    var body =
        new BsonDocument("ok", new BsonInt32(0))
            .append("code", new BsonInt32(code))
            .append("errmsg", new BsonString("refused"));
    return new MongoCommandException(body, new ServerAddress());
  }
}

package theseus.payment.store;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoWriteException;
import com.mongodb.client.MongoCollection;
import org.bson.Document;

/** An insert as a compare-and-set. */
final class Inserts {
  private Inserts() {}

  /**
   * True when the document was inserted, false when its place is taken. After an exception it may
   * be either.
   */
  static boolean isFirst(MongoCollection<Document> collection, Document document) {
    try {
      collection.insertOne(document);
      return true;
    } catch (MongoWriteException failure) {
      if (failure.getError().getCategory() == ErrorCategory.DUPLICATE_KEY) return false;
      throw failure;
    }
  }
}

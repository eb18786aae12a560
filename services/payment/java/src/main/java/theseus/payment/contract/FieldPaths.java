package theseus.payment.contract;

import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;

/**
 * Paths of fields as text: {@code amount.currency_code}, {@code lines[2].quantity}, {@code
 * labels["a"]}.
 */
public final class FieldPaths {
  private FieldPaths() {}

  public static String toText(FieldPath path) {
    var text = new StringBuilder();
    for (var element : path.getElementsList()) {
      if (!text.isEmpty()) text.append('.');
      text.append(element.getFieldName()).append(subscript(element));
    }
    return text.toString();
  }

  private static String subscript(FieldPathElement element) {
    return switch (element.getSubscriptCase()) {
      case INDEX -> "[" + Long.toUnsignedString(element.getIndex()) + "]";
      case BOOL_KEY -> "[" + element.getBoolKey() + "]";
      case INT_KEY -> "[" + element.getIntKey() + "]";
      case UINT_KEY -> "[" + Long.toUnsignedString(element.getUintKey()) + "]";
      case STRING_KEY ->
          "[\"" + element.getStringKey().replace("\\", "\\\\").replace("\"", "\\\"") + "\"]";
      case SUBSCRIPT_NOT_SET -> "";
    };
  }
}

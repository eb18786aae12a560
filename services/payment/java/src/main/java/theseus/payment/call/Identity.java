package theseus.payment.call;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.grpc.Metadata;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;

/**
 * Reads who is calling from headers that the sidecar sets. It strips them from requests that come
 * from outside.
 */
public final class Identity {
  /** A caller whose certificate is not of this mesh. No policy names it. */
  private static final String UNKNOWN_CALLER = "unknown";

  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  /**
   * Whose certificates and access tokens count.
   *
   * @param trustDomain of SPIFFE: its workloads can be callers
   * @param subjectPrefix what the subject of an access token begins with
   * @param adminRole the role that makes an administrator
   */
  public record Settings(String trustDomain, String subjectPrefix, String adminRole) {}

  private final Optional<Settings> settings;
  private final Optional<Pattern> spiffeId;

  /** Without settings every certificate is an unknown workload's, and all claims are refused. */
  public Identity(Optional<Settings> settings) {
    this.settings = settings;
    spiffeId = settings.map(Settings::trustDomain).map(Identity::spiffeIdIn);
  }

  private static Pattern spiffeIdIn(String trustDomain) {
    var domain = Pattern.quote("spiffe://" + trustDomain);
    var path = "/ns/[a-z0-9-]+/sa/([a-z0-9-]+)";
    return Pattern.compile("(?:^|;)URI=\"?" + domain + path + "\"?(?:;|$)");
  }

  /** The workload of the nearest hop, which comes last; empty when there is no sidecar. */
  Optional<String> caller(Metadata headers) {
    return Headers.text(headers, "x-forwarded-client-cert")
        .map(chain -> workload(chain.substring(chain.lastIndexOf(',') + 1).trim()));
  }

  private String workload(String nearestHop) {
    return spiffeId
        .map(pattern -> pattern.matcher(nearestHop))
        .filter(Matcher::find)
        .map(found -> found.group(1))
        .orElse(UNKNOWN_CALLER);
  }

  /**
   * The end user; empty without a token. Refuses other claims than those of an access token with
   * TOKEN_INVALID.
   */
  Optional<Principal> principal(Metadata headers) {
    return Headers.text(headers, "x-theseus-claims")
        .map(
            encoded ->
                parse(encoded)
                    .flatMap(this::toPrincipal)
                    .orElseThrow(
                        () ->
                            new RefusedException(
                                ErrorReason.TOKEN_INVALID,
                                "the access token is not one of this shop")));
  }

  private static Optional<JsonObject> parse(String encoded) {
    try {
      var bytes = Base64.getUrlDecoder().decode(encoded);
      // The decoder also takes padding, and bits that say nothing.
      if (!BASE64URL.encodeToString(bytes).equals(encoded)) return Optional.empty();
      var json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      // Gson passes over a byte order mark.
      if (json.startsWith("\uFEFF")) return Optional.empty();
      // By default Gson also takes what is no JSON, such as single quotes.
      var reader = new JsonReader(new StringReader(json));
      reader.setStrictness(Strictness.STRICT);
      var claims = JsonParser.parseReader(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) return Optional.empty();
      // JSON can write half of a surrogate pair, which is no character.
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(claims.toString())) {
        return Optional.empty();
      }
      return Optional.of(claims)
          .filter(JsonElement::isJsonObject)
          .map(JsonElement::getAsJsonObject);
    } catch (IllegalArgumentException | JsonParseException | IOException damaged) {
      return Optional.empty();
    }
  }

  private Optional<Principal> toPrincipal(JsonObject claims) {
    return settings.flatMap(known -> toPrincipal(claims, known));
  }

  private static Optional<Principal> toPrincipal(JsonObject claims, Settings known) {
    var user = text(claims.get("sub")).filter(subject -> subject.startsWith(known.subjectPrefix()));
    if (user.isEmpty() || text(claims.get("sid")).isEmpty()) return Optional.empty();
    if (!(claims.get("roles") instanceof JsonArray listed)) return Optional.empty();
    var roles = new HashSet<String>();
    for (var role : listed) {
      if (text(role).isEmpty()) return Optional.empty();
      roles.add(role.getAsString());
    }
    return Optional.of(new Principal(user.get(), roles.contains(known.adminRole())));
  }

  private static Optional<String> text(JsonElement value) {
    return Optional.ofNullable(value)
        .filter(JsonElement::isJsonPrimitive)
        .map(JsonElement::getAsJsonPrimitive)
        .filter(primitive -> primitive.isString())
        .map(JsonElement::getAsString);
  }
}

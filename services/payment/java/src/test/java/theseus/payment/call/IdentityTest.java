package theseus.payment.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;

@DisplayName("Who is asking")
class IdentityTest {
  private static final String URI = "URI=spiffe://theseus.local/ns/shop/sa/";

  private static Metadata header(String name, String value) {
    var headers = new Metadata();
    headers.put(Headers.key(name), value);
    return headers;
  }

  private static Optional<Principal> principal(String claims) {
    var bytes = claims.getBytes(StandardCharsets.UTF_8);
    var encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return Identity.principal(header("x-theseus-claims", encoded));
  }

  @Test
  void isNobodyWithoutHeaders() {
    assertEquals(Optional.empty(), Identity.caller(new Metadata()));
    assertEquals(Optional.empty(), Identity.principal(new Metadata()));
  }

  @Test
  void isTheUserOfTheClaims() {
    var claims = "{\"sub\":\"users/a\",\"roles\":[\"customer\"],\"sid\":\"s\",\"exp\":1}";
    assertEquals(
        Optional.of(new Principal("users/a", Set.of("customer"))), principal(" " + claims + "\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "42",
        "null",
        "[]",
        "{",
        "{}",
        "{'sub':'users/a','roles':[],'sid':'s'}",
        "{sub:\"users/a\",roles:[],sid:\"s\"}",
        "{\"sub\":\"users/a\",\"roles\":[],\"sid\":\"s\"} x",
        "{\"sub\":\"users/a\",\"roles\":[],\"sid\":\"s\"}{}",
        "{\"sub\":\"users/a\",\"roles\":[],\"sid\":\"s\",}",
        "{\"sub\":\"users/a\",\"roles\":[],\"sid\":\"s\" /* */}",
        "{\"sub\":\"users/a\",\"roles\":[],\"sid\":\"\n\"}",
        "{\"sub\":\"users/a\",\"roles\":[NULL],\"sid\":\"s\"}",
        "{\"sub\":\"users/a\",\"roles\":\"admin\",\"sid\":\"s\"}",
        "{\"sub\":\"users/a\",\"roles\":[null],\"sid\":\"s\"}",
        "{\"sub\":\"users/a\",\"roles\":[1],\"sid\":\"s\"}",
        "{\"sub\":\"users/a\",\"roles\":[]}",
        "{\"sub\":\"payments/a\",\"roles\":[],\"sid\":\"s\"}",
        "{\"SUB\":\"users/a\",\"roles\":[],\"sid\":\"s\"}",
      })
  void isRefusedWithOtherClaims(String claims) {
    var refusal = assertThrows(RefusedException.class, () -> principal(claims));
    assertEquals(ErrorReason.TOKEN_INVALID, refusal.reason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"!", "a", "e30+", "e30/"})
  void isRefusedWithoutBase64url(String header) {
    assertThrows(
        RefusedException.class, () -> Identity.principal(header("x-theseus-claims", header)));
  }

  @Test
  void isTheWorkloadOfTheNearestHop() {
    var hops = "Hash=00;" + URI + "provider, By=x;" + URI + "gateway;Subject=\"\"";
    assertEquals(Optional.of("gateway"), Identity.caller(header("x-forwarded-client-cert", hops)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "URI=spiffe://elsewhere.example/ns/shop/sa/gateway",
        URI + "gateway/sa/gateway",
        URI + "gateway, Hash=00",
      })
  void isUnknownWithAnotherCertificate(String hops) {
    assertEquals(Optional.of("unknown"), Identity.caller(header("x-forwarded-client-cert", hops)));
  }
}

package theseus.payment.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;

@DisplayName("Who is asking")
class IdentityTest {
  private static final Identity KNOWN =
      new Identity(Optional.of(new Identity.Settings("shop.example", "people/", "root")));
  private static final Identity NOBODY = new Identity(Optional.empty());
  private static final String URI = "URI=spiffe://shop.example/ns/shop/sa/";

  private static Metadata header(String name, String value) {
    var headers = new Metadata();
    headers.put(Headers.key(name), value);
    return headers;
  }

  private static Optional<Principal> principal(Identity identity, String claims) {
    var bytes = claims.getBytes(StandardCharsets.UTF_8);
    var encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return identity.principal(header("x-theseus-claims", encoded));
  }

  @Test
  void isNobodyWithoutHeaders() {
    for (var identity : List.of(KNOWN, NOBODY)) {
      assertEquals(Optional.empty(), identity.caller(new Metadata()));
      assertEquals(Optional.empty(), identity.principal(new Metadata()));
    }
  }

  @Test
  void isTheUserOfTheClaims() {
    var claims = "{\"sub\":\"people/a\",\"roles\":[\"admin\"],\"sid\":\"s\",\"exp\":1}";
    assertEquals(
        Optional.of(new Principal("people/a", false)), principal(KNOWN, " " + claims + "\n"));
  }

  @Test
  void isAnAdministratorByTheRoleThatWasHandedOver() {
    var claims = "{\"sub\":\"people/a\",\"roles\":[\"customer\",\"root\"],\"sid\":\"s\"}";
    assertEquals(Optional.of(new Principal("people/a", true)), principal(KNOWN, claims));
  }

  @Test
  void isNotKnownToAProcessThatWasToldNothing() {
    var claims = "{\"sub\":\"people/a\",\"roles\":[],\"sid\":\"s\"}";
    var refusal = assertThrows(RefusedException.class, () -> principal(NOBODY, claims));
    assertEquals(ErrorReason.TOKEN_INVALID, refusal.reason());
    var gateway = header("x-forwarded-client-cert", URI + "gateway");
    assertEquals(Optional.of("unknown"), NOBODY.caller(gateway));
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
        "{'sub':'people/a','roles':[],'sid':'s'}",
        "{sub:\"people/a\",roles:[],sid:\"s\"}",
        "{\"sub\":\"people/a\",\"roles\":[],\"sid\":\"s\"} x",
        "{\"sub\":\"people/a\",\"roles\":[],\"sid\":\"s\"}{}",
        "{\"sub\":\"people/a\",\"roles\":[],\"sid\":\"s\",}",
        "{\"sub\":\"people/a\",\"roles\":[],\"sid\":\"s\" /* */}",
        "{\"sub\":\"people/a\",\"roles\":[],\"sid\":\"\n\"}",
        "{\"sub\":\"people/a\",\"roles\":[NULL],\"sid\":\"s\"}",
        "{\"sub\":\"people/a\",\"roles\":\"admin\",\"sid\":\"s\"}",
        "{\"sub\":\"people/a\",\"roles\":[null],\"sid\":\"s\"}",
        "{\"sub\":\"people/a\",\"roles\":[1],\"sid\":\"s\"}",
        "{\"sub\":\"people/a\",\"roles\":[]}",
        "{\"sub\":\"users/a\",\"roles\":[],\"sid\":\"s\"}",
        "{\"SUB\":\"people/a\",\"roles\":[],\"sid\":\"s\"}",
        "{\"sub\":\"people/a\",\"roles\":[],\"sid\":\"s\",\"x\":Infinity}",
        "{\"sub\":\"people/a\\ud83d\",\"roles\":[],\"sid\":\"s\"}",
        "{\"sub\":\"people/a\",\"roles\":[],\"sid\":\"s\",\"\\ude00\":1}",
        "\uFEFF{\"sub\":\"people/a\",\"roles\":[],\"sid\":\"s\"}",
      })
  void isRefusedWithOtherClaims(String claims) {
    var refusal = assertThrows(RefusedException.class, () -> principal(KNOWN, claims));
    assertEquals(ErrorReason.TOKEN_INVALID, refusal.reason());
  }

  @ParameterizedTest
  @ValueSource(strings = {"!", "a", "e30+", "e30/", "e30=", "e31"})
  void isRefusedWithoutBase64url(String header) {
    assertThrows(RefusedException.class, () -> KNOWN.principal(header("x-theseus-claims", header)));
  }

  @Test
  void isTheWorkloadOfTheNearestHop() {
    var hops = "Hash=00;" + URI + "provider, By=x;" + URI + "gateway;Subject=\"\"";
    assertEquals(Optional.of("gateway"), KNOWN.caller(header("x-forwarded-client-cert", hops)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "URI=spiffe://elsewhere.example/ns/shop/sa/gateway",
        "URI=spiffe://shopXexample/ns/shop/sa/gateway",
        "URI=spiffe://a.shop.example/ns/shop/sa/gateway",
        "URI=spiffe://shop.example.org/ns/shop/sa/gateway",
        URI + "gateway/sa/gateway",
        URI + "gateway, Hash=00",
      })
  void isUnknownWithAnotherCertificate(String hops) {
    assertEquals(Optional.of("unknown"), KNOWN.caller(header("x-forwarded-client-cert", hops)));
  }
}

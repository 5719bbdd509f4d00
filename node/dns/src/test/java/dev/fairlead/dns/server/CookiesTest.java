// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.time.testing.FakeTime;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CookiesTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final InetAddress ASKER = InetAddress.ofLiteral("198.51.100.100");

    private final FakeTime time = new FakeTime(Instant.ofEpochSecond(1_559_731_985));
    private final Cookies cookies = new Cookies(HEX.parseHex("e5e973e5a6b2a43f48e7dc849e37bfcf"), time);

    /** The example of RFC 9018, appendix A.1. */
    @Test
    void aServerCookieIsWhatAllServersMakeOfTheSameSecret() {
        assertThat(HEX.formatHex(cookies.answer(HEX.parseHex("2464c4abcf10c957"), ASKER)))
                .isEqualTo("2464c4abcf10c957010000005cf79f111f8130c3eee29480");
    }

    /** The first of the test vectors of its authors: the key 00 to 0f, nothing hashed; and eight octets. */
    @ParameterizedTest
    @CsvSource({"'', 726fdb47dd0e0e31", "0001020304050607, 93f5f5799a932462"})
    void theHashIsSipHash(String data, String hash) {
        byte[] key = HEX.parseHex("000102030405060708090a0b0c0d0e0f");
        assertThat(HEX.toHexDigits(SipHash.of(key, HEX.parseHex(data)))).isEqualTo(hash);
    }

    @Test
    void aCookieIsKnownForAnHourAndFromItsAddressOnly() throws Exception {
        byte[] cookie = cookies.answer(new byte[8], ASKER);
        assertThat(cookies.knows(cookie, ASKER)).isTrue();
        assertThat(cookies.knows(cookie, InetAddress.ofLiteral("198.51.100.101")))
                .isFalse();
        assertThat(cookies.knows(new byte[8], ASKER)).isFalse();
        assertThat(cookies.knows(new byte[24], ASKER)).isFalse();
        cookie[0] ^= 1;
        assertThat(cookies.knows(cookie, ASKER)).isFalse();
        cookie[0] ^= 1;
        time.advance(Duration.ofMinutes(29));
        assertThat(cookies.answer(cookie, ASKER)).isEqualTo(cookie);
        time.advance(Duration.ofMinutes(2));
        byte[] renewed = cookies.answer(cookie, ASKER);
        assertThat(renewed).isNotEqualTo(cookie).startsWith(new byte[8]);
        assertThat(cookies.knows(cookie, ASKER)).isTrue();
        time.advance(Duration.ofMinutes(30));
        assertThat(cookies.knows(cookie, ASKER)).isFalse();
        assertThat(cookies.knows(renewed, ASKER)).isTrue();
    }
}

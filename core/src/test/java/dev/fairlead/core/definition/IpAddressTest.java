// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,10.0.0.1",
        "0.0.0.0,0.0.0.0",
        "255.255.255.255,255.255.255.255",
        "::,::",
        "::1,::1",
        "2001:DB8::1,2001:db8::1",
        "2001:db8:0:0:1:0:0:1,2001:db8::1:0:0:1",
        "1:0:0:2:0:0:0:3,1:0:0:2::3",
        "1:2:3:4:5:6:7:8,1:2:3:4:5:6:7:8",
        "1:0:3:4:5:6:7:8,1:0:3:4:5:6:7:8",
        "fd00:10:96::,fd00:10:96::",
        "64:ff9b::1.2.3.4,64:ff9b::102:304"
    })
    void readsAndWritesCanonically(String text, String canonical) {
        assertThat(IpAddress.of(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "01.2.3.4",
                "256.1.1.1",
                "1.2.3.",
                "1..2.3",
                "a.b.c.d",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "::ffff:1.2.3.4",
                "g::1",
                "12345::1",
                "fe80::1%eth0",
                "1:2:3:4:5:6:7::8:9",
                "::1.2.3"
            })
    void refuses(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
    }

    @Test
    void agreesWithTheJdkOnRandomAddresses() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            for (int b = 0; b < bytes.length; b++) {
                bytes[b] = random.nextInt(3) == 0 ? (byte) random.nextInt() : 0;
            }
            IpAddress address = IpAddress.of(bytes);
            assertThat(address.bytes()).isEqualTo(bytes);
            if (IpAddress.parse(address.toString()).isPresent()) {
                assertThat(IpAddress.of(address.toString())).isEqualTo(address);
            }
            assertThat(InetAddress.getByName(address.toString()).getAddress())
                    .as(address.toString())
                    .endsWith(java.util.Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length));
        }
    }

    @Test
    void countsAcrossWordBoundaries() {
        assertThat(IpAddress.of("fd00::ffff:ffff:ffff:ffff").plus(1)).hasToString("fd00:0:0:1::");
        assertThat(IpAddress.of("fd00:0:0:1::").plus(-1)).hasToString("fd00::ffff:ffff:ffff:ffff");
        assertThat(IpAddress.of("10.0.0.255").plus(1)).hasToString("10.0.1.0");
    }

    @Test
    void blocksKnowTheirEnds() {
        Cidr block = Cidr.of("10.96.0.0/16");
        assertThat(block.contains(IpAddress.of("10.96.255.255"))).isTrue();
        assertThat(block.contains(IpAddress.of("10.97.0.0"))).isFalse();
        assertThat(block.last()).hasToString("10.96.255.255");
        assertThat(block.size()).isEqualTo(65536);
        Cidr six = Cidr.of("fd00:10:96::/112");
        assertThat(six.contains(IpAddress.of("fd00:10:96::ffff"))).isTrue();
        assertThat(six.last()).hasToString("fd00:10:96::ffff");
        assertThat(Cidr.of("0.0.0.0/0").contains(IpAddress.of("9.9.9.9"))).isTrue();
        assertThat(Cidr.of("::/0").contains(IpAddress.of("ff::1"))).isTrue();
        assertThat(Cidr.parse("10.96.0.1/16")).as("host bits").isEmpty();
        assertThat(Cidr.parse("10.96.0.0/33")).isEmpty();
        assertThat(Cidr.parse("10.96.0.0/016")).isEmpty();
    }
}

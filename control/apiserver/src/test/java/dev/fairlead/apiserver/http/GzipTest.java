// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GzipTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "gzip                | 131072 | 192.0.2.1   | true",
                "deflate, GZIP;q=0.5 | 131072 | 2001:db8::1 | true",
                "gzip                | 131071 | 192.0.2.1   | false",
                "gzip;q=0            | 131072 | 192.0.2.1   | false",
                "identity            | 131072 | 192.0.2.1   | false",
                "none                | 131072 | 192.0.2.1   | false",
                "gzip                | 131072 | 127.0.0.1   | false",
                "gzip                | 131072 | ::1         | false"
            })
    void forLongAnswersToClientsElsewhereThatTakeIt(String accepted, int length, String client, boolean pays) {
        assertThat(Gzip.pays(accepted, length, InetAddress.ofLiteral(client))).isEqualTo(pays);
    }

    @Test
    void isSmallerAndTheSame() throws Exception {
        byte[] list = "{\"kind\":\"Service\"},".repeat(20_000).getBytes(StandardCharsets.UTF_8);
        byte[] packed = Gzip.pack(list);
        assertThat(packed.length).isLessThan(list.length / 20);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            assertThat(in.readAllBytes()).isEqualTo(list);
        }
    }
}

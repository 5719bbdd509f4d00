// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.names.ZoneSettings.PodRecords;
import dev.fairlead.dns.server.DnsChoices;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class DnsOptionsTest {
    @TempDir
    private Path directory;

    private static DnsChoices choices(String... words) {
        return CommandLine.populateCommand(new DnsOptions(), words).choices();
    }

    @Test
    void withoutAnyItIsTheUsual() {
        assertThat(choices()).isEqualTo(DnsChoices.USUAL);
    }

    @Test
    void everythingThatCanBeChosen() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "192.0.2.1 printer\n");
        DnsChoices chosen = choices(
                "--dns-upstreams=10.1.0.53,[fd00::53]:5353,fd00::54",
                "--dns-stub-domain=corp.example=10.2.0.53:54,corp.example=10.2.0.54",
                "--dns-hosts=" + hosts,
                "--dns-zones=other.example",
                "--dns-external-zone=lb.example",
                "--dns-ttl=5",
                "--dns-pods=verified",
                "--dns-search-path=off",
                "--dns-log=100",
                "--dns-rate-limit=1000",
                "--dns-transfer-to=10.1.0.0/16,fd00::/8");
        assertThat(chosen.upstreams().toString()).contains("10.1.0.53:53").contains(":5353");
        assertThat(chosen.upstreams()).hasSize(3);
        assertThat(chosen.stubs().get(DnsName.of("corp.example"))).hasSize(2);
        assertThat(chosen.hosts().answer(DnsName.of("printer"), 1)).isPresent();
        assertThat(chosen.zones()).containsExactly(DnsName.of("other.example"));
        assertThat(chosen.external()).contains(DnsName.of("lb.example"));
        assertThat(chosen.transferTo()).hasSize(2);
        assertThat(chosen.ttl()).isEqualTo(5);
        assertThat(chosen.pods()).isEqualTo(PodRecords.VERIFIED);
        assertThat(chosen.search()).isFalse();
        assertThat(chosen.logEvery()).isEqualTo(100);
        assertThat(chosen.perSecond()).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --dns-ttl=3601             | 0 to 3600
        --dns-log=-1               | negative
        --dns-pods=yes             | disabled, insecure or verified
        --dns-search-path=maybe    | on or off
        --dns-upstreams=dns.google | no ADDRESS
        --dns-upstreams=1.1.1.1:x  | no ADDRESS
        --dns-upstreams=1.1.1.1:70000 | no ADDRESS
        --dns-stub-domain=10.0.0.1 | corp.example=10.1.0.53
        --dns-stub-domain=a..b=10.0.0.1 | not a domain name
        --dns-zones=.              | root
        --dns-hosts=/nowhere/at/all | cannot be read
        --dns-transfer-to=10.0.0   | no block of addresses
        --dns-parallel=yes         | on or off
        --dns-mixed-case=yes       | on or off
        --dns-tls-port=853         | --dns-tls-cert and --dns-tls-key
        --dns-https-port=70000     | from 1 to 65535
        """)
    void whatIsWrongIsNamed(String option, String message) {
        assertThatThrownBy(() -> choices(option))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(option.substring(0, option.indexOf('=')))
                .hasMessageContaining(message);
    }
}

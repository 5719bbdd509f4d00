// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.environment.ResolvConf.ClusterDns;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResolvConfTest {
    private static final ClusterDns CLUSTER = new ClusterDns(List.of("10.96.0.10"), "cluster.local");
    private static final ResolvConf NODE = ResolvConf.parse("""
            # written by somebody
            domain lost.example
            nameserver 192.0.2.1
            nameserver 192.0.2.2
            search corp.example cluster.local
            options rotate timeout:1
            """);

    /** Columns: the pod's spec; searches; nameservers; options. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {}                                                     | shop.svc.cluster.local svc.cluster.local cluster.local corp.example | 10.96.0.10 | ndots:5
                    {'dnsPolicy': 'ClusterFirst', 'hostNetwork': true}     | corp.example cluster.local | 192.0.2.1 192.0.2.2 | rotate timeout:1
                    {'dnsPolicy': 'ClusterFirstWithHostNet', 'hostNetwork': true} | shop.svc.cluster.local svc.cluster.local cluster.local corp.example | 10.96.0.10 | ndots:5
                    {'dnsPolicy': 'Default'}                               | corp.example cluster.local | 192.0.2.1 192.0.2.2 | rotate timeout:1
                    {'dnsPolicy': 'None', 'dnsConfig': {'nameservers': ['198.51.100.1']}} | `` | 198.51.100.1 | ``
                    {'dnsConfig': {'nameservers': ['198.51.100.1', '10.96.0.10'], 'searches': ['x.example', 'svc.cluster.local'], 'options': [{'name': 'ndots', 'value': '2'}, {'name': 'edns0'}]}} | shop.svc.cluster.local svc.cluster.local cluster.local corp.example x.example | 10.96.0.10 198.51.100.1 | ndots:2 edns0
                    {'dnsPolicy': 'Default', 'dnsConfig': {'options': [{'name': 'timeout', 'value': '9'}]}} | corp.example cluster.local | 192.0.2.1 192.0.2.2 | rotate timeout:9
                    """)
    void policies(String spec, String searches, String nameservers, String options) {
        ResolvConf file = ResolvConf.of(pod(spec), CLUSTER, NODE);

        assertThat(String.join(" ", file.searches())).isEqualTo(searches);
        assertThat(String.join(" ", file.nameservers())).isEqualTo(nameservers);
        assertThat(file.options().entrySet().stream()
                        .map(option -> option.getKey() + (option.getValue().isEmpty() ? "" : ":" + option.getValue()))
                        .collect(Collectors.joining(" ")))
                .isEqualTo(options);
        assertThat(file.trimmed()).isEmpty();
    }

    @Test
    void whatIsTooMuchIsTrimmedAndNamed() {
        String many =
                IntStream.range(0, 40).mapToObj(i -> "'s" + i + ".example'").collect(Collectors.joining(","));
        String huge = "x".repeat(254);

        ResolvConf file = ResolvConf.of(
                pod(
                        "{'dnsPolicy': 'None', 'dnsConfig': {'nameservers': ['192.0.2.1','192.0.2.2','192.0.2.3','192.0.2.4'],"
                                + " 'searches': ['" + huge + "'," + many + "]}}"),
                CLUSTER,
                NODE);

        assertThat(file.nameservers()).containsExactly("192.0.2.1", "192.0.2.2", "192.0.2.3");
        assertThat(file.searches()).hasSize(32).doesNotContain(huge).endsWith("s31.example");
        assertThat(file.trimmed()).hasSize(1 + 1 + 8).contains("192.0.2.4", huge, "s32.example");
    }

    @Test
    void itReadsWhatItWrites() {
        ResolvConf file = ResolvConf.of(pod("{}"), CLUSTER, NODE);

        assertThat(ResolvConf.parse(file.text())).isEqualTo(file);
        assertThat(ResolvConf.parse("").text()).isEmpty();
    }

    private static PodSpec pod(String spec) {
        String json = "{'metadata': {'name': 'web', 'namespace': 'shop'}, 'spec': " + spec + "}";
        return PodSpec.from(Tree.of(Json.object(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8))));
    }
}

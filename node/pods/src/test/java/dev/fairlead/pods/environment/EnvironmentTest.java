// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
    private static final Values OBJECTS = (secret, name) -> switch (name) {
        case "settings" -> Values.Entries.of(Map.of("color", "red", "size", "9"));
        case "keys" -> secret ? Values.Entries.of(Map.of("token", "t0p")) : null;
        default -> null;
    };

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    metadata.name                    | web-0
                    metadata.namespace               | shop
                    metadata.uid                     | u1
                    metadata.labels['app']           | web
                    metadata.labels['missing']       | ''
                    metadata.annotations['a/b']      | c
                    spec.nodeName                    | n1
                    spec.serviceAccountName          | robot
                    status.podIP                     | 10.244.1.2
                    status.podIPs                    | 10.244.1.2,fd00::2
                    status.hostIP                    | 192.0.2.7
                    status.hostIPs                   | 192.0.2.7
                    """)
    void fieldsOfThePod(String path, String expected) {
        Environment environment = of("{'env': [{'name': 'X', 'valueFrom': {'fieldRef': {'fieldPath': '"
                + path.replace("'", "\\u0027") + "'}}}]}");

        assertThat(environment.problems()).isEmpty();
        assertThat(environment.variables()).containsEntry("X", expected);
    }

    @Test
    void whatIsSetLaterWinsAndMayReferToWhatIsBefore() {
        Environment environment = of(
                "{'envFrom': [{'prefix': 'S_', 'configMapRef': {'name': 'settings'}}], 'env': ["
                        + "{'name': 'S_size', 'value': '$(S_size)0'}, {'name': 'HOME', 'value': '/x'}, {'name': 'EARLY', 'value': '$(LATE)'},"
                        + "{'name': 'LATE', 'value': '1'}, {'name': 'TOKEN', 'valueFrom': {'secretKeyRef': {'name': 'keys', 'key': 'token'}}}]}");

        assertThat(environment.problems()).isEmpty();
        assertThat(environment.variables())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "HOME", "/x",
                        "S_color", "red",
                        "S_size", "90",
                        "EARLY", "$(LATE)",
                        "LATE", "1",
                        "TOKEN", "t0p"));
        assertThat(environment.command()).containsExactly("run", "/x", "red");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {'fieldRef': {'fieldPath': 'status.phase'}}                  | env X: fieldPath status.phase is not one that a pod can ask for
                    {'configMapKeyRef': {'name': 'none', 'key': 'a'}}            | configmap "none" not found
                    {'configMapKeyRef': {'name': 'settings', 'key': 'a'}}        | couldn't find key a in ConfigMap settings
                    {'secretKeyRef': {'name': 'keys', 'key': 'a'}}               | couldn't find key a in Secret keys
                    {'resourceFieldRef': {'resource': 'limits.fuel'}}            | env X: nothing is known of the resource limits.fuel
                    {'fileKeyRef': {'key': 'a'}}                                 | env X: fileKeyRef is not supported here; write a value, or use configMapKeyRef or secretKeyRef
                    """, quoteCharacter = '`')
    void whatIsMissingIsNamed(String from, String problem) {
        assertThat(of("{'env': [{'name': 'X', 'valueFrom': " + from + "}]}").problems())
                .containsExactly(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    limits.cpu      | ''   | ''   | 1
                    limits.cpu      | 1m   | ''   | 500
                    limits.memory   | 1Mi  | ''   | 64
                    limits.memory   | ''   | ''   | 67108864
                    limits.memory   | 1M   | ''   | 68
                    requests.cpu    | ''   | ''   | 1
                    requests.memory | 1Mi  | ''   | 64
                    limits.cpu      | ''   | side | 2
                    limits.memory   | 1Gi  | side | 1
                    requests.cpu    | ''   | side | 0
                    """)
    void resourcesAreCountedInUnitsOfTheDivisor(String resource, String divisor, String container, String expected) {
        Environment environment =
                of("{'name': 'c', 'resources': {'limits': {'cpu': '500m', 'memory': '64Mi'}, 'requests': {'cpu': 0.1}},"
                        + " 'env': [{'name': 'X', 'valueFrom': {'resourceFieldRef': {'resource': '" + resource
                        + "', 'divisor': '" + divisor + "', 'containerName': '" + container + "'}}}]}");

        assertThat(environment.problems()).isEmpty();
        assertThat(environment.variables().get("X")).isEqualTo(expected);
    }

    @Test
    void whatIsOptionalMayBeMissing() {
        Environment environment =
                of("{'envFrom': [{'secretRef': {'name': 'none', 'optional': true}}], 'env': [{'name': 'X',"
                        + " 'valueFrom': {'configMapKeyRef': {'name': 'none', 'key': 'a', 'optional': true}}}]}");

        assertThat(environment.problems()).isEmpty();
        assertThat(environment.variables()).containsOnlyKeys("HOME");
    }

    private static Environment of(String container) {
        String pod = """
                {'metadata': {'name': 'web-0', 'namespace': 'shop', 'uid': 'u1', 'labels': {'app': 'web'},
                              'annotations': {'a/b': 'c'}},
                 'spec': {'nodeName': 'n1', 'serviceAccountName': 'robot', 'containers': [CONTAINER, {'name': 'side'}]}}
                """.replace("CONTAINER", container);
        PodSpec spec = PodSpec.from(Tree.of(Json.object(pod.replace('\'', '"').getBytes(StandardCharsets.UTF_8))));
        return Environment.of(
                spec.containers().getFirst(),
                new PodFields(
                        spec,
                        List.of("10.244.1.2", "fd00::2"),
                        List.of("192.0.2.7"),
                        Map.of("cpu", 2L, "memory", 1L << 30)),
                Map.of("HOME", "/home"),
                List.of("run", "$(HOME)", "$(S_color)"),
                OBJECTS);
    }
}

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
    private static final Environment.Values OBJECTS = (secret, name) -> switch (name) {
        case "settings" -> Map.of("color", "red", "size", "9");
        case "keys" -> secret ? Map.of("token", "t0p") : null;
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
                    {'resourceFieldRef': {'resource': 'limits.cpu'}}             | env X: resourceFieldRef is not supported, a process has no limits of its own; write a value instead
                    """, quoteCharacter = '`')
    void whatIsMissingIsNamed(String from, String problem) {
        assertThat(of("{'env': [{'name': 'X', 'valueFrom': " + from + "}]}").problems())
                .containsExactly(problem);
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
                 'spec': {'nodeName': 'n1', 'serviceAccountName': 'robot', 'containers': [CONTAINER]}}
                """.replace("CONTAINER", container);
        PodSpec spec = PodSpec.from(Tree.of(Json.object(pod.replace('\'', '"').getBytes(StandardCharsets.UTF_8))));
        return Environment.of(
                spec.containers().getFirst(),
                new Environment.Place(spec, List.of("10.244.1.2", "fd00::2"), List.of("192.0.2.7")),
                Map.of("HOME", "/home"),
                List.of("run", "$(HOME)", "$(S_color)"),
                OBJECTS);
    }
}

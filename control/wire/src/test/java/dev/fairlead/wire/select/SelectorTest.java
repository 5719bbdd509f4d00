// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.yaml.Yaml;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorTest {
    private static final Map<String, String> LABELS =
            Map.of("app", "web", "app.kubernetes.io/name", "x", "n", "5", "e", "");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "app=web | true | app=web",
                "app==web | true | app=web",
                "app=api | false | app=api",
                "app!=web | false | app!=web",
                "none!=web | true | none!=web",
                "app in (web, api) | true | app in (api,web)",
                "app notin (web,api) | false | app notin (api,web)",
                "none notin (a) | true | none!=a",
                "app | true | app",
                "!app | false | !app",
                "! none | true | !none",
                "app.kubernetes.io/name=x,app=web | true | app.kubernetes.io/name=x,app=web",
                "app=web,none | false | app=web,none",
                "n>4 | true | n>4",
                "n<5 | false | n<5",
                "app>4 | false | app>4",
                "e= | true | e=",
                "e in (,a) | true | e in (,a)",
                "in=a | false | in=a",
            })
    void labels(String text, boolean matches, String printed) {
        LabelSelector selector = LabelSelector.parse(text);
        assertThat(selector.matches(LABELS)).isEqualTo(matches);
        assertThat(selector).hasToString(printed);
        assertThat(LabelSelector.parse(printed).matches(LABELS)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,,b | expected a label's name, found \",\"",
                "a in b | expected '(', found \"b\"",
                "a in (b | expected ')', found the end",
                "a b | expected one of =, ==, !=, in, notin, <, >, found \"b\"",
                "a=b c | expected ',' or the end, found \"c\"",
                "=a | expected a label's name, found \"=\"",
                "A/b=c | expected a label's name, found \"A/b\"",
                "a=-b | expected a label's value (at most 63 letters, digits, '-', '_' and '.'), found \"-b\"",
                "a>x | expected a whole number after < or >, found \"x\"",
            })
    void whatIsNoLabelSelectorSaysWhatWasExpected(String text, String expected) {
        assertThatThrownBy(() -> LabelSelector.parse(text))
                .isInstanceOf(SelectorException.class)
                .hasMessage("unable to parse selector \"" + text + "\": " + expected);
    }

    @Test
    void anEmptySelectorChoosesEverything() {
        assertThat(LabelSelector.parse("").matches(LABELS)).isTrue();
        assertThat(FieldSelector.parse("").matches(Tree.EMPTY)).isTrue();
    }

    @Test
    void matchLabelsAndExpressionsBecomeASelector() {
        Tree field = Tree.of(Yaml.read("""
                matchLabels: {app: web}
                matchExpressions:
                - {key: a, operator: In, values: [x, y]}
                - {key: b, operator: NotIn, values: [z]}
                - {key: c, operator: Exists}
                - {key: d, operator: DoesNotExist}
                """).getFirst().fields());
        assertThat(LabelSelector.of(field)).hasToString("app=web,a in (x,y),b!=z,c,!d");
        Tree wrong = Tree.of(Map.of("matchExpressions", java.util.List.of(Map.of("key", "a", "operator", "In"))));
        assertThatThrownBy(() -> LabelSelector.of(wrong)).hasMessageEndingWith("needs values");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metadata.name=web | true",
                "metadata.name==web,spec.clusterIP!=None | true",
                "metadata.name!=web | false",
                "spec.clusterIP= | true",
                "spec.port=80 | true",
                "metadata.note=a\\,b\\=c | true",
            })
    void fields(String text, boolean matches) {
        Tree object = Tree.of(Yaml.read("{metadata: {name: web, note: 'a,b=c'}, spec: {port: 80}}")
                .getFirst()
                .fields());
        FieldSelector selector = FieldSelector.parse(text);
        assertThat(selector.matches(object)).isEqualTo(matches);
        assertThat(FieldSelector.parse(selector.toString())).isEqualTo(selector);
        assertThatThrownBy(() -> FieldSelector.parse("metadata.name")).isInstanceOf(SelectorException.class);
    }

    @Test
    void aRequiredFieldIsTold() {
        assertThat(FieldSelector.parse("a!=1,metadata.name=web").required("metadata.name"))
                .isEqualTo("web");
        assertThat(FieldSelector.parse("metadata.name!=web").required("metadata.name"))
                .isNull();
    }
}

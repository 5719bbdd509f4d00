// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.fairlead.wire.Problem;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.Trees;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlTest {
    private static Map<String, Object> read(String text) {
        return Yaml.read(text).getFirst().fields();
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        for (long seed = 0; seed < 5000; seed++) {
            Map<String, Object> tree = new Trees(new Random(seed)).object(5);
            String text = Yaml.write(tree);
            assertThat(read(text)).as("seed %d:\n%s", seed, text).isEqualTo(tree);
        }
    }

    @Test
    void aNumberThatNoJsonHoldsIsText() {
        String long400 = "1".repeat(400);
        assertThat(read("{a: " + long400 + ", b: 1e999, c: 11111111111111111111}"))
                .isEqualTo(Map.of("a", long400, "b", "1e999", "c", Double.parseDouble("11111111111111111111")));
    }

    @Test
    void textIsAsKubectlPrintsIt() {
        assertThat(Yaml.write(read("""
                {kind: Service, apiVersion: v1, metadata: {name: web, labels: {a: "true", b: x}, annotations: {}},
                 spec: {ports: [{port: 80, name: http}, {port: 443}], clusterIP: None, on: "80", args: ["a: b", "c\\nd\\n"]}}
                """))).isEqualTo("""
                apiVersion: v1
                kind: Service
                metadata:
                  annotations: {}
                  labels:
                    a: "true"
                    b: x
                  name: web
                spec:
                  args:
                  - 'a: b'
                  - |
                    c
                    d
                  clusterIP: None
                  "on": "80"
                  ports:
                  - name: http
                    port: 80
                  - port: 443
                """);
    }

    /** As {@code kubectl create --dry-run=client -o yaml} prints the same texts. */
    @Test
    void textsAreQuotedAsKubectlQuotesThem() {
        Map<String, String> quoted = new java.util.LinkedHashMap<>();
        quoted.put("web-1", "web-1");
        quoted.put("y", "\"y\"");
        quoted.put("true", "\"true\"");
        quoted.put("0644", "\"0644\"");
        quoted.put("1e3", "\"1e3\"");
        quoted.put("12:30:45", "\"12:30:45\"");
        quoted.put("2026-01-02T03:04:05Z", "\"2026-01-02T03:04:05Z\"");
        quoted.put("a: b", "'a: b'");
        quoted.put("#a", "'#a'");
        quoted.put("a'b", "a'b");
        quoted.put(" lead", "' lead'");
        quoted.put("*a", "'*a'");
        quoted.put("", "\"\"");
        quoted.put("\ttab", "\"\\ttab\"");
        quoted.put("x\u0007", "\"x\\a\"");
        quoted.put("😀", "\"\\U0001F600\"");
        quoted.put("ünï", "ünï");
        quoted.put("trailing \nx", "\"trailing \\nx\"");
        quoted.put("http://x:80/y#z", "http://x:80/y#z");
        quoted.forEach((text, expected) ->
                assertThat(Yaml.write(Map.of("k", text))).as(text).isEqualTo("k: " + expected + "\n"));
    }

    @Test
    void documentsComeWithPositions() {
        List<Yaml.Document> documents = Yaml.read("""
                # a comment
                apiVersion: v1
                ---
                ---
                kind: Service
                spec:
                  ports:
                  - name: http
                    port: 70000
                  - {port: 1}
                """);
        assertThat(documents).hasSize(2);
        Positions positions = documents.get(1).positions();
        assertThat(positions.of("spec.ports[0].port")).isEqualTo(new Positions.Place(9, 5));
        assertThat(positions.of("spec.ports[1].port")).isEqualTo(new Positions.Place(10, 6));
        assertThat(positions.of("spec.ports[1].targetPort")).isEqualTo(new Positions.Place(10, 5));
        assertThat(positions.of("metadata.name")).isEqualTo(new Positions.Place(5, 1));
        assertThat(positions.tell("shop.yaml", "spec.ports[0].port", "must be between 1 and 65535"))
                .isEqualTo("shop.yaml:9:5 spec.ports[0].port: must be between 1 and 65535");
    }

    @Test
    void plainScalarsMeanWhatTheyMeanToKubectl() {
        assertThat(read("""
                {a: yes, b: Off, c: y, d: 0644, e: 0o17, f: 0x1F, g: 1_000, h: 1.5, i: 1e3, j: ~, k: 2026-01-01, l: 1:30,
                 m: "yes", n: !!str 80, o: !!int "80", p: 99999999999999999999, q: 08, r: -1, s: "", t: .5, u: 1.2.3}
                """))
                .isEqualTo(Map.ofEntries(
                        Map.entry("a", true),
                        Map.entry("b", false),
                        Map.entry("c", "y"),
                        Map.entry("d", 420L),
                        Map.entry("e", 15L),
                        Map.entry("f", 31L),
                        Map.entry("g", 1000L),
                        Map.entry("h", 1.5),
                        Map.entry("i", 1000.0),
                        Map.entry("k", "2026-01-01"),
                        Map.entry("l", "1:30"),
                        Map.entry("m", "yes"),
                        Map.entry("n", "80"),
                        Map.entry("o", 80L),
                        Map.entry("p", 1e20),
                        Map.entry("q", 8.0),
                        Map.entry("r", -1L),
                        Map.entry("s", ""),
                        Map.entry("t", 0.5),
                        Map.entry("u", "1.2.3")));
    }

    @Test
    void anchorsAndMergesWork() {
        assertThat(read("""
                base: &base {a: 1, b: 2}
                other: {<<: *base, b: 3}
                """)).isEqualTo(Map.of("base", Map.of("a", 1L, "b", 2L), "other", Map.of("a", 1L, "b", 3L)));
    }

    @Test
    void duplicatesAreReported() {
        Yaml.Document document = Yaml.read("spec:\n  type: A\n  type: B\n").getFirst();
        assertThat(document.fields()).isEqualTo(Map.of("spec", Map.of("type", "B")));
        assertThat(document.duplicates()).extracting(Problem::message).containsExactly("duplicate field \"spec.type\"");
        assertThat(document.positions().of("spec.type")).isEqualTo(new Positions.Place(3, 3));
    }

    @Test
    void syntaxErrorsNameLineAndColumn() {
        assertThatThrownBy(() -> Yaml.read("kind: Service\nspec:\n  ports:\n - port: 80\n"))
                .isInstanceOfSatisfying(
                        SyntaxException.class, wrong -> assertThat(wrong.line()).isEqualTo(4));
        assertThatThrownBy(() -> Yaml.read("a: [1, 2"))
                .isInstanceOfSatisfying(
                        SyntaxException.class, wrong -> assertThat(wrong.line()).isBetween(1, 2));
        assertThatThrownBy(() -> Yaml.read("a: 1\n---\njust text\n"))
                .isInstanceOf(SyntaxException.class)
                .hasMessage("line 3, column 1: expected an object (name: value), got string \"just text\"");
        assertThatThrownBy(() -> Yaml.read("a: &a [*a]\n")).isInstanceOf(SyntaxException.class);
    }

    @Test
    void jsonWithTabsIsReadToo() {
        assertThat(read("{\n\t\"a\": 1,\n\t\"b\": [\n\t\t1\n\t]\n}\n")).isEqualTo(Map.of("a", 1L, "b", List.of(1L)));
    }

    @Test
    void aListIsItsItemsEachWithItsPositions() {
        List<Yaml.Document> objects = Yaml.read("""
                kind: List
                items:
                - kind: Service
                  spec:
                    type: A
                    type: B
                - kind: Pod
                """).getFirst().objects();
        assertThat(objects).extracting(each -> each.fields().get("kind")).containsExactly("Service", "Pod");
        assertThat(objects.get(0).positions().of("spec.type")).isEqualTo(new Positions.Place(6, 5));
        assertThat(objects.get(1).positions().of("spec.type")).isEqualTo(new Positions.Place(7, 3));
        assertThat(objects.get(0).duplicates())
                .extracting(Problem::message)
                .containsExactly("duplicate field \"spec.type\"");
        assertThat(objects.get(1).duplicates()).isEmpty();
    }

    @Test
    void commonMistakesAreToldWithWhatToDo() {
        assertThatThrownBy(() -> Yaml.read("a:\n\t- 1\n"))
                .hasMessage("line 2, column 1: while scanning for the next token: a tab cannot indent; use spaces");
        assertThatThrownBy(() -> Yaml.read("a: b: c\n"))
                .hasMessage("line 1, column 5: a \": \" where none can be; put a text that contains it in quotes,"
                        + " or mend the indentation");
        assertThatThrownBy(() -> Yaml.read("a: @b\n"))
                .hasMessageEndingWith("found character '@' that cannot start any token; put the text in quotes");
    }

    /** Lists of {@code fanout} aliases of the list before. */
    private static String bomb(int levels, int fanout) {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x" + ", x".repeat(fanout - 1) + "]\n");
        for (int i = 1; i < levels; i++) {
            String before = "*a" + (i - 1);
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", Collections.nCopies(fanout, before))));
        }
        return bomb.toString();
    }

    /** As gopkg.in/yaml.v2 has it: three levels of ten are taken, four are not. */
    @ParameterizedTest
    @CsvSource({"4, 10", "5, 9", "6, 8", "9, 10"})
    void aSmallFileCannotBlowUp(int levels, int fanout) {
        assertThatThrownBy(() -> Yaml.read(bomb(levels, fanout)))
                .isInstanceOf(SyntaxException.class)
                .hasMessageContaining("excessive aliasing: ")
                .hasMessageContaining(" values come by aliases");
    }

    @Test
    void mergesOfMergesCannotBlowUpEither() {
        StringBuilder bomb = new StringBuilder("a0: &a0 {x: y}\n");
        for (int i = 1; i < 12; i++) {
            String before = "*a" + (i - 1);
            bomb.append("a%d: &a%d {<<: [%s]}\n".formatted(i, i, String.join(", ", Collections.nCopies(9, before))));
        }
        assertThatThrownBy(() -> Yaml.read(bomb.toString())).hasMessageContaining("excessive aliasing: ");
        assertThatThrownBy(() -> Yaml.read("a: &a {<<: *a}\n")).isInstanceOf(SyntaxException.class);
    }

    @Test
    void aliasesAreTakenWhereTheyAreNotNearlyAll() {
        assertThat(read(bomb(3, 10)).get("a2")).asInstanceOf(LIST).hasSize(10);
        String own = "- {name: a, value: b}\n".repeat(2_000);
        String alias = "- *one\n".repeat(5_000);
        assertThat(read("one: &one {name: a, value: b}\nall:\n" + own + alias).get("all"))
                .asInstanceOf(LIST)
                .hasSize(7_000);
    }

    @Test
    void whatAnAliasRepeatsStandsWhereTheAliasDoes() {
        Positions positions = Yaml.read("one: &one\n  a: 1\ntwo:\n  <<: *one\n  a: 2\nthree: *one\n")
                .getFirst()
                .positions();
        assertThat(positions.of("one.a")).isEqualTo(new Positions.Place(2, 3));
        assertThat(positions.of("two.a")).isEqualTo(new Positions.Place(5, 3));
        assertThat(positions.of("three.a")).isEqualTo(new Positions.Place(6, 1));
    }
}

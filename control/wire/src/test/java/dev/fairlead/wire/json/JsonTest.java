// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.wire.Null;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.Trees;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        for (long seed = 0; seed < 2000; seed++) {
            Map<String, Object> tree = new Trees(new Random(seed)).object(5);
            assertThat(Json.object(Json.write(tree))).as("seed %d", seed).isEqualTo(tree);
            assertThat(Json.object(bytes(Json.pretty(tree))))
                    .as("seed %d, pretty", seed)
                    .isEqualTo(tree);
        }
    }

    @Test
    void numbersAreLongWhereTheyFitAndDoubleElse() {
        assertThat(Json.object(
                        bytes("{\"a\":1,\"b\":9223372036854775807,\"c\":9223372036854775808,\"d\":1.0,\"e\":1e3}")))
                .isEqualTo(Map.of("a", 1L, "b", Long.MAX_VALUE, "c", 9.223372036854776E+18, "d", 1.0, "e", 1000.0));
    }

    @Test
    void nullsAreDroppedUnlessAPatchIsRead() {
        byte[] text = bytes("{\"a\":null,\"b\":[1,null],\"c\":{\"d\":null}}");
        assertThat(Json.object(text)).isEqualTo(Map.of("b", List.of(1L), "c", Map.of()));
        assertThat(Json.read(text, Json.Nulls.KEEP).value())
                .isEqualTo(Map.of("a", Null.NULL, "b", List.of(1L, Null.NULL), "c", Map.of("d", Null.NULL)));
    }

    @Test
    void duplicatesAreReportedWithTheirPathAndTheLastOneCounts() {
        Json.ReadObject read =
                Json.readObject(bytes("{\"spec\":{\"ports\":[{\"port\":1,\"port\":2}]},\"a.b\":{\"c\":1,\"c\":3}}"));
        assertThat(read.fields())
                .isEqualTo(Map.of("spec", Map.of("ports", List.of(Map.of("port", 2L))), "a.b", Map.of("c", 3L)));
        assertThat(read.duplicates())
                .extracting(Problem::message)
                .containsExactly("duplicate field \"spec.ports[0].port\"", "duplicate field \"[a.b].c\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~{\"a\":1,}~ | 1 | 8",
                "~{\n  \"a\": tru\n}~ | 2 | 8",
                "~{\"a\":1} {}~ | 1 | 9",
                "~{\"a\":~ | 1 | 6",
                "~~ | 1 | 1",
                "~[1]~ | 1 | 1",
                "~{'a':1}~ | 1 | 2",
            })
    void whatIsNotJsonIsToldWithLineAndColumn(String text, int line, int column) {
        assertThatThrownBy(() -> Json.object(bytes(text == null ? "" : text)))
                .isInstanceOfSatisfying(SyntaxException.class, wrong -> {
                    assertThat(wrong.line()).as(wrong.getMessage()).isEqualTo(line);
                    assertThat(wrong.column()).as(wrong.getMessage()).isBetween(column - 1, column + 3);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'a':1 | Unexpected end-of-input: expected close marker for Object",
                "{'a':NaN} | Non-standard token 'NaN'",
                "{'a':x} | Unrecognized token 'x'",
                "{'a' 1} | Unexpected character ('1'): was expecting a colon to separate property name and value",
                "// c | Unexpected character ('/')",
            })
    void messagesSayNothingAboutTheParser(String text, String detail) {
        assertThatThrownBy(() -> Json.object(bytes(text.replace('\'', '"'))))
                .isInstanceOfSatisfying(
                        SyntaxException.class,
                        wrong -> assertThat(wrong.detail()).isEqualTo(detail));
    }

    @Test
    void depthIsLimited() {
        String deep = "{\"a\":".repeat(Json.MAX_DEPTH + 1) + "1" + "}".repeat(Json.MAX_DEPTH + 1);
        assertThatThrownBy(() -> Json.object(bytes(deep)))
                .isInstanceOf(SyntaxException.class)
                .hasMessageEndingWith(": nested deeper than 100");
        String most = "[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH);
        assertThat(Json.read(bytes(most), Json.Nulls.DROP).value()).isInstanceOf(List.class);
    }

    @Test
    void aNumberWithoutEndIsRefusedWithoutTheParsersSettings() {
        assertThatThrownBy(() -> Json.object(bytes("{\"a\":" + "1".repeat(2_000) + "}")))
                .isInstanceOf(SyntaxException.class)
                .hasMessageEndingWith("Number value length (2000) exceeds the maximum allowed (1000)");
    }

    @Test
    void anyIndentCanBeAskedFor() {
        assertThat(Json.pretty(Map.of("a", List.of(1L)), 2)).isEqualTo("{\n  \"a\": [\n    1\n  ]\n}\n");
    }

    @Test
    void prettyTextIsAsKubectlPrintsIt() {
        assertThat(Json.pretty(Json.object(bytes("{\"a\":{\"b\":[1,{\"c\":\"d\"}],\"e\":{}}}"))))
                .isEqualTo("""
                {
                    "a": {
                        "b": [
                            1,
                            {
                                "c": "d"
                            }
                        ],
                        "e": {}
                    }
                }
                """);
    }
}

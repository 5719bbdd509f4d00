// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.custom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.definition.Invalid;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What structural schemas do to objects, as tables of texts. */
class SchemaRulesTest {
    private static Map<String, Object> tree(String yaml) {
        return Yaml.read(yaml).getFirst().fields();
    }

    private static JsonSchema schema(String yaml) {
        return JsonSchema.of(tree("{type: object, properties: {x: " + yaml + "}}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {type: string}                        | 1            | x: Invalid value: "integer": x in body must be of type string: "integer"
            {type: integer}                       | 1.5          | x: Invalid value: "number": x in body must be of type integer: "number"
            {type: integer}                       | 2.0          |
            {type: number}                        | 2            |
            {type: boolean}                       | maybe        | x: Invalid value: "string": x in body must be of type boolean: "string"
            {type: array, items: {type: string}}  | {}           | x: Invalid value: "object": x in body must be of type array: "object"
            {type: string, minLength: 3}          | ab           | x: Invalid value: "ab": x in body should be at least 3 chars long
            {type: string, maxLength: 3}          | abcd         | x: Too long: may not be more than 3 bytes
            {type: string, maxLength: 3}          | äöü          |
            {type: integer, minimum: 3}           | 2            | x: Invalid value: 2: x in body should be greater than or equal to 3
            {type: integer, minimum: 3, exclusiveMinimum: true} | 3 | x: Invalid value: 3: x in body should be greater than 3
            {type: number, maximum: 0.5}          | 0.75         | x: Invalid value: 0.75: x in body should be less than or equal to 0.5
            {type: integer, multipleOf: 5}        | 7            | x: Invalid value: 7: x in body should be a multiple of 5
            {type: integer, enum: [1, 2]}         | 3            | x: Unsupported value: 3: supported values: "1", "2"
            {type: array, items: {type: integer}, minItems: 2} | [1] | x: Invalid value: 1: x in body should have at least 2 items
            {type: array, items: {type: integer}, maxItems: 1} | [1, 2] | x: Too many: 2: must have at most 1 items
            {type: object, additionalProperties: {type: integer}, maxProperties: 1} | {a: 1, b: 2} | x: Too many: 2: must have at most 1 items
            {type: object, additionalProperties: {type: integer}} | {a: b} | x.a: Invalid value: "string": x.a in body must be of type integer: "string"
            {type: string, format: ipv4}          | 10.0.0       | x: Invalid value: "10.0.0": x in body must be of type ipv4: "10.0.0"
            {type: string, format: date-time}     | '2026-01-02T03:04:05Z' |
            {type: string, format: date-time}     | yesterday    | x: Invalid value: "yesterday": x in body must be of type date-time: "yesterday"
            {type: string, format: cidr}          | 10.0.0.0/8   |
            {type: string, format: uuid}          | x            | x: Invalid value: "x": x in body must be of type uuid: "x"
            {type: string, format: whatever}      | x            |
            {x-kubernetes-int-or-string: true}    | 80           |
            {x-kubernetes-int-or-string: true}    | http         |
            {type: object, properties: {a: {type: string}}, required: [a, b]} | {} | x.a: Required value, x.b: Required value
            {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true} | {kind: A} | x.apiVersion: Required value: must not be empty
            {type: string, anyOf: [{pattern: ^a}, {pattern: ^b}]} | c | <nil>: Invalid value: "": "x" must validate at least one schema (anyOf), x: Invalid value: "c": x in body should match '^a'
            {type: string, allOf: [{pattern: ^a}, {pattern: b$}]} | ab |
            {type: string, not: {enum: [bad]}}    | bad          | <nil>: Invalid value: "": "x" must not validate the schema (not)
            """)
    void whatIsWrong(String schema, String value, String errors) {
        List<Invalid> found = Validation.check(schema(schema), tree("{x: " + value + "}"), null);
        assertThat(String.join(", ", found.stream().map(Invalid::toString).toList()))
                .isEqualTo(Objects.requireNonNullElse(errors, ""));
    }

    /** What keeps a matcher that goes back and forth busy for ever, or uses up its stack, is found out in no time. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            ^(\\w+\\s?){1,30}$   ; 40     ; !
            ^(|){50}x$            ; 1      ; y
            ^((a*)*)*$            ; 40     ; !
            ^(a|b)*$              ; 500000 ; c
            """)
    @Timeout(60)
    void noPatternRunsForEver(String pattern, int length, String end) {
        JsonSchema schema = schema("{type: string, pattern: '" + pattern + "'}");
        List<Invalid> found = Validation.check(schema, Map.of("x", "a".repeat(length) + end), null);
        assertThat(found).singleElement().asString().endsWith("x in body should match '" + pattern + "'");
    }

    /** The budget counts steps, not time: all servers refuse the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{type: string, %s}",
                "{type: string, not: {%s}}",
                "{type: string, anyOf: [{%s}, {minLength: 1}]}"
            })
    @Timeout(60)
    void aPatternTooCostlyForItsTextIsGivenUp(String schema) {
        String value = "a".repeat(200_000);
        JsonSchema costly = schema(schema.formatted("pattern: '^(a{3,90}b?){90}$'"));
        assertThat(Validation.check(costly, Map.of("x", value), null))
                .singleElement()
                .extracting(Invalid::toString)
                .asString()
                .endsWith("x in body takes too long to be matched with '^(a{3,90}b?){90}$'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ((a{100}){100}){100}         | expression unfolds to more than 20000 characters
            (((((x{9}){9}){9}){9}){9}){9} | expression unfolds to more than 20000 characters
            [)]{1000}(\\Q)\\E{500}){90}   | expression unfolds to more than 20000 characters
            (([[:alpha:])]{999}){2,}){99} | expression unfolds to more than 20000 characters
            a{1001}                      | invalid repeat count
            a(?=b)                       | invalid or unsupported Perl syntax
            [a-z                         | missing closing ]
            """)
    void whatIsNoPatternOrTooMuchIsRefused(String pattern, String why) {
        assertThat(StructuralRules.check(
                        new Tree(Map.of(
                                "type",
                                "object",
                                "properties",
                                Map.of("x", Map.of("type", "string", "pattern", pattern)))),
                        "s"))
                .singleElement()
                .extracting(Invalid::toString)
                .asString()
                .startsWith("s.properties[x].pattern: Invalid value: \"" + pattern.replace("\\", "\\\\")
                        + "\": must be a valid regular expression, but isn't: error parsing regexp: " + why);
    }

    @Test
    void groupsWithinGroupsHaveAnEnd() {
        String deep = "(".repeat(5_000) + ")".repeat(5_000);
        assertThatThrownBy(() -> GoPattern.compile(deep)).hasMessageContaining("expression nests too deeply");
        assertThat(GoPattern.compile("(".repeat(150) + "a" + ")".repeat(150)).occursIn("ba"))
                .isTrue();
    }

    @Test
    void longDurationsAndPathsNeedNoStack() {
        assertThat(Formats.fits("duration", "1s".repeat(100_000))).isTrue();
        assertThat(Formats.fits("duration", "1s".repeat(100_000) + "!")).isFalse();
        String name = "a\\.b".repeat(100_000);
        JsonPath path = Objects.requireNonNull(JsonPath.parse("." + name));
        assertThat(path.names()).containsExactly(name.replace("\\", ""));
        String where = ".a".repeat(100_000);
        assertThat(Objects.requireNonNull(JsonPath.parse(".l[?(@" + where + ")]"))
                        .steps())
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "0, true",
        "1h30m, true",
        "-1.5s, true",
        "3 days 2 hours, true",
        "1minutes, true",
        "10µs, true",
        "'', false",
        "+, false",
        "1, false",
        "h, false",
        "1x, false",
        "1h 2, false",
        "00, false"
    })
    void whatIsADuration(String text, boolean is) {
        assertThat(Formats.fits("duration", text)).isEqualTo(is);
    }

    @Test
    void whatStaysAsItWasIsNotJudgedAgain() {
        JsonSchema schema = schema("{type: object, properties: {a: {type: integer}, b: {type: integer}}}");
        Map<String, Object> old = tree("{x: {a: wrong, b: 1}}");
        assertThat(Validation.check(schema, tree("{x: {a: wrong, b: 2}}"), old)).isEmpty();
        assertThat(Validation.check(schema, tree("{x: {a: worse, b: 1}}"), old)).hasSize(1);
    }

    @Test
    void unknownFieldsAreDroppedButWhereTheyArePreserved() {
        JsonSchema schema = schema("{type: object, x-kubernetes-preserve-unknown-fields: true, properties:"
                + " {known: {type: object, properties: {a: {type: string}}}}}");
        Pruning.Pruned pruned =
                Pruning.prune(schema, tree("{kind: K, other: 1, x: {free: {b: 1}, known: {a: y, c: 2}}}"));
        assertThat(pruned.object()).isEqualTo(tree("{kind: K, x: {free: {b: 1}, known: {a: y}}}"));
        assertThat(pruned.dropped()).extracting(Problem::path).containsExactly("other", "x.known.c");
    }

    @Test
    void defaultsReachIntoDefaultsListsAndMaps() {
        JsonSchema schema = schema("{type: object, default: {}, properties: {n: {type: integer, default: 1}, l: {type:"
                + " array, items: {type: object, properties: {p: {type: string, default: TCP}}}}, m: {type: object,"
                + " additionalProperties: {type: object, properties: {q: {type: boolean, default: false}}}}}}");
        assertThat(Defaulting.apply(schema, tree("{}"))).isEqualTo(tree("{x: {n: 1}}"));
        assertThat(Defaulting.apply(schema, tree("{x: {n: 2, l: [{}, {p: UDP}], m: {k: {}}}}")))
                .isEqualTo(tree("{x: {n: 2, l: [{p: TCP}, {p: UDP}], m: {k: {q: false}}}}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            .spec.a                              | 1
            .spec.list[1].n                      | b
            .spec.list[-1].n                     | b
            .spec.list[*].n                      | a
            .spec.list.*.n                       | a
            .spec.list[?(@.n=="b")].v            | 2
            .spec.list[?(@.n!='b')].v            | 1
            {.spec.a}                            | 1
            .metadata.annotations.x\\.y/z        | note
            .metadata.annotations['x.y/z']       | note
            .spec.nothing.at.all                 |
            .spec.list[9]                        |
            """)
    void pathsLeadToValues(String path, String value) {
        Map<String, Object> object =
                tree("{metadata: {annotations: {x.y/z: note}}, spec: {a: 1, list: [{n: a, v: 1}, {n: b, v: 2}]}}");
        Object found = Objects.requireNonNull(JsonPath.parse(path)).first(object);
        assertThat(found == null ? null : found.toString()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "spec",
        "..",
        ".a[",
        ".a[x]",
        ".a[?(b)]",
        ".a[99999999999]",
        ".a b]",
        ".a\\",
        ".a[?(@..b)]",
        ".a[?(@.b.)]"
    })
    void whatIsNoPath(String text) {
        assertThat(JsonPath.parse(text)).isNull();
    }

    @Test
    void stableVersionsComeFirst() {
        List<String> versions =
                new ArrayList<>(List.of("foo1", "v1alpha1", "v10", "v1", "v2beta1", "v1beta2", "v2", "bar"));
        versions.sort(CustomResources::compare);
        assertThat(versions).containsExactly("v10", "v2", "v1", "v2beta1", "v1beta2", "v1alpha1", "bar", "foo1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ^[a-z]+$                | abc   | true
            ^a$                     | 'a\n' | false
            ^(?P<first>x)y$         | xy    | true
            ^[[:alpha:]]+$          | ab    | true
            ^[[:alpha:]_]+$         | a1    | false
            ^[a[]+$                 | a[    | true
            ^[]a]+$                 | ]a    | true
            ^[&&a]+$                | &a    | true
            ^(\\*\\.)?[a-z]{1,3}$   | *.ab  | true
            """)
    void patternsMeanWhatTheyMeanInGo(String pattern, String text, boolean matches) {
        String given = text.replace("\\n", "\n");
        assertThat(GoPattern.compile(pattern).occursIn(given)).isEqualTo(matches);
    }

    @Test
    void aSchemaThatHoldsItsDefaultsIsRight() {
        Tree right = new Tree(tree("{type: object, properties: {rules: {type: array, default: [{matches: [{}]}], items:"
                + " {type: object, required: [matches], properties: {matches: {type: array, items: {type: object,"
                + " required: [kind], properties: {kind: {type: string, default: Prefix}}}}}}}}}"));
        assertThat(StructuralRules.check(right, "s")).isEmpty();
        Tree wrong =
                new Tree(tree("{type: object, properties: {a: {type: array, default: [{b: 1}], items: {type: object,"
                        + " properties: {}}}, c: {type: object, properties: {d: {type: string}}, additionalProperties: true}, e:"
                        + " {anyOf: [{type: string}], type: string}}}"));
        assertThat(StructuralRules.check(wrong, "s"))
                .extracting(Invalid::toString)
                .containsExactly(
                        "s.properties[c].additionalProperties: Forbidden: additionalProperties and properties are"
                                + " mutual exclusive",
                        "s.properties[e].anyOf[0].type: Forbidden: must be empty to be structural");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            properties: {metadata: {type: object}} |
            properties: {metadata: {type: object, properties: {name: {type: string, maxLength: 10}, generateName: {type: string}}}} |
            properties: {metadata: {type: object, nullable: false, required: []}} |
            properties: {metadata: {type: object, properties: {name: {type: string}, x: {type: string}}}} | s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified
            properties: {metadata: {type: object, description: d}} | s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified
            properties: {metadata: {type: object, x-kubernetes-preserve-unknown-fields: true}} | s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified
            properties: {metadata: {type: string}} | s.properties[metadata].type: Invalid value: "string": must be object
            properties: {kind: {type: integer}, apiVersion: {type: string}} | s.properties[kind].type: Invalid value: "integer": must be string
            properties: {spec: {type: object, properties: {metadata: {type: object, description: d, properties: {x: {type: string}}}}}} |
            properties: {spec: {type: object, not: {properties: {metadata: {}}}}} | s.properties[spec].not.properties[metadata]: Forbidden: must not be specified in a nested context
            additionalProperties: {type: string} | s.additionalProperties: Forbidden: must not be used at the root
            properties: {a: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}} |
            properties: {a: {type: object, x-kubernetes-embedded-resource: true}} | s.properties[a].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields
            properties: {a: {type: object, x-kubernetes-embedded-resource: true, properties: {kind: {type: boolean}}}} | s.properties[a].properties[kind].type: Invalid value: "boolean": must be string
            properties: {a: {x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}} | s.properties[a].type: Required value: must be object if x-kubernetes-embedded-resource is true
            """)
    void whatEveryObjectHasIsNotForASchemaToSay(String schema, @Nullable String wrong) {
        assertThat(StructuralRules.check(new Tree(tree("{type: object, " + schema + "}")), "s"))
                .extracting(Invalid::toString)
                .isEqualTo(wrong == null ? List.of() : List.of(wrong));
    }
}

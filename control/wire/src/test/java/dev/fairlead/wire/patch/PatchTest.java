// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.wire.Problem;
import dev.fairlead.wire.Trees;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchTest {
    private static final Schema SCHEMA = Schema.load();
    private static final ObjectType SERVICE = SCHEMA.require("v1", "Service");
    private static final ObjectType DEPLOYMENT = SCHEMA.require("apps/v1", "Deployment");

    /** JSON with single quotes instead of double ones. */
    private static byte[] bytes(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> tree(String text) {
        return Json.object(bytes(text));
    }

    private static String text(Map<String, Object> tree) {
        return new String(Json.write(tree), StandardCharsets.UTF_8).replace('"', '\'');
    }

    private static Map<String, Object> patched(String mediaType, ObjectType type, String object, String patch) {
        Map<String, Object> tree = tree(object);
        byte[] before = Json.write(tree);
        Map<String, Object> result = Objects.requireNonNull(Patch.read(mediaType, bytes(patch), type))
                .patch()
                .apply(tree);
        assertThat(Json.write(tree)).as("the object given").isEqualTo(before);
        return result;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a':'b'} | {'a':'c'} | {'a':'c'}",
                "{'a':'b'} | {'b':'c'} | {'a':'b','b':'c'}",
                "{'a':'b','b':'c'} | {'a':null} | {'b':'c'}",
                "{'a':['b']} | {'a':'c'} | {'a':'c'}",
                "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]} | {'a':[1]} | {'a':[1]}",
                "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}",
                "{'a':'foo'} | {'a':{'b':1}} | {'a':{'b':1}}",
            })
    void mergePatch(String object, String patch, String result) {
        assertThat(text(patched(Patch.MERGE, SERVICE, object, patch))).isEqualTo(result);
    }

    @Test
    void theMergePatchBetweenTwoObjectsMakesOneOfTheOther() {
        for (long seed = 0; seed < 2000; seed++) {
            Map<String, Object> old = new Trees(new Random(seed)).object(4);
            Map<String, Object> wanted = new Trees(new Random(seed + 1)).object(4);
            assertThat(MergePatch.between(old, wanted).apply(old))
                    .as("seed %d", seed)
                    .isEqualTo(wanted);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'a':1} | [{'op':'add','path':'/b','value':2}] | {'a':1,'b':2}",
                "{'a':[1,2]} | [{'op':'add','path':'/a/1','value':9},{'op':'add','path':'/a/-','value':8}] | {'a':[1,9,2,8]}",
                "{'a':[1,2]} | [{'op':'remove','path':'/a/0'}] | {'a':[2]}",
                "{'x/y':{'m~n':1}} | [{'op':'replace','path':'/x~1y/m~0n','value':2}] | {'x/y':{'m~n':2}}",
                "{'a':{'b':1}} | [{'op':'move','from':'/a/b','path':'/c'}] | {'a':{},'c':1}",
                "{'a':{'b':1}} | [{'op':'copy','from':'/a','path':'/c'},{'op':'add','path':'/c/d','value':1}]"
                        + " | {'a':{'b':1},'c':{'b':1,'d':1}}",
                "{'a':1} | [{'op':'test','path':'/a','value':1.0},{'op':'test','path':'/b','value':null}] | {'a':1}",
                "{'a':1,'b':2} | [{'op':'add','path':'/a','value':null}] | {'b':2}",
            })
    void jsonPatch(String object, String patch, String result) {
        assertThat(text(patched(Patch.JSON, SERVICE, object, patch))).isEqualTo(result);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{} | MALFORMED | a JSON patch is a list of operations, got object",
                "[{'op':'put','path':'/a'}] | MALFORMED | operation 0: op must be add, remove, replace, move, copy or test, got string \"put\"",
                "[{'op':'add','path':'/a'}] | MALFORMED | operation 0: value is missing",
                "[{'op':'remove'}] | MALFORMED | operation 0: path is missing",
                "[{'op':'remove','path':'a'}] | MALFORMED | a: not a JSON pointer: each step starts with /, and ~ is written ~0, / is written ~1",
                "[{'op':'remove','path':'/b'}] | DOES_NOT_FIT | /b: there is nothing at this path of the object",
                "[{'op':'replace','path':'/a/1','value':1}] | DOES_NOT_FIT | /a/1: there is nothing at this path of the object",
                "[{'op':'add','path':'/a/5','value':1}] | DOES_NOT_FIT | /a/5: the list has no index 5",
                "[{'op':'add','path':'/x/y','value':1}] | DOES_NOT_FIT | /x: there is nothing at this path of the object",
                "[{'op':'test','path':'/a/0','value':2}] | DOES_NOT_FIT | /a/0: test failed: expected number 2, found number 1",
                "[{'op':'move','from':'/a','path':'/a/0'}] | DOES_NOT_FIT | /a/0: an object cannot move into itself",
                "[{'op':'replace','path':'','value':[]}] | DOES_NOT_FIT | the patch leaves no object",
            })
    void aJsonPatchThatIsNoneOrDoesNotFitSaysWhy(String patch, PatchException.Sort sort, String message) {
        assertThatThrownBy(() -> patched(Patch.JSON, SERVICE, "{'a':[1]}", patch))
                .isInstanceOfSatisfying(
                        PatchException.class, wrong -> assertThat(wrong.sort()).isEqualTo(sort))
                .hasMessage(message);
    }

    @Test
    void aJsonPatchIsLimited() {
        String many = "[" + String.join(",", Collections.nCopies(10_001, "{'op':'test','path':'/a','value':1}")) + "]";
        assertThatThrownBy(() -> patched(Patch.JSON, SERVICE, "{'a':1}", many))
                .hasMessage("The allowed maximum operations in a JSON patch is 10000, got 10001");
        String doubling = IntStream.range(0, 30)
                .mapToObj("{'op':'copy','from':'','path':'/c%d'}"::formatted)
                .collect(Collectors.joining(",", "[", "]"));
        assertThatThrownBy(() -> patched(Patch.JSON, SERVICE, "{'a':'%s'}".formatted("x".repeat(1000)), doubling))
                .hasMessageEndingWith("copy operations add more than 3145728 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "joins by key | {'spec':{'ports':[{'port':80,'name':'a'},{'port':81}]}} | {'spec':{'ports':[{'port':80,'nodePort':30000},{'port':82}]}}"
                        + " | {'spec':{'ports':[{'port':80,'name':'a','nodePort':30000},{'port':82},{'port':81}]}}",
                "deletes an item | {'spec':{'ports':[{'port':80},{'port':81}]}} | {'spec':{'ports':[{'$patch':'delete','port':80}]}}"
                        + " | {'spec':{'ports':[{'port':81}]}}",
                "replaces a list | {'spec':{'ports':[{'port':80},{'port':81}]}} | {'spec':{'ports':[{'$patch':'replace'},{'port':82}]}}"
                        + " | {'spec':{'ports':[{'port':82}]}}",
                "replaces an object | {'spec':{'type':'NodePort','ports':[]}} | {'spec':{'$patch':'replace','type':'ClusterIP'}}"
                        + " | {'spec':{'type':'ClusterIP'}}",
                "empties an object | {'spec':{'selector':{'a':'b'}}} | {'spec':{'selector':{'$patch':'delete'}}} | {'spec':{'selector':{}}}",
                "replaces atomic lists | {'spec':{'externalIPs':['a','b']}} | {'spec':{'externalIPs':['c']}} | {'spec':{'externalIPs':['c']}}",
                "removes by null | {'metadata':{'labels':{'a':'1','b':'2'}}} | {'metadata':{'labels':{'a':null}}} | {'metadata':{'labels':{'b':'2'}}}",
                "joins finalizers | {'metadata':{'finalizers':['a','b']}} | {'metadata':{'finalizers':['b','c']}}"
                        + " | {'metadata':{'finalizers':['a','b','c']}}",
                "takes finalizers out | {'metadata':{'finalizers':['a','b']}} | {'metadata':{'$deleteFromPrimitiveList/finalizers':['a']}}"
                        + " | {'metadata':{'finalizers':['b']}}",
                "orders | {'spec':{'ports':[{'port':1},{'port':2}]}} | {'spec':{'$setElementOrder/ports':[{'port':3},{'port':2},{'port':1}],'ports':[{'port':3}]}}"
                        + " | {'spec':{'ports':[{'port':3},{'port':2},{'port':1}]}}",
                "orders around others | {'spec':{'ports':[{'port':1},{'port':9},{'port':2}]}} | {'spec':{'$setElementOrder/ports':[{'port':2},{'port':1}]}}"
                        + " | {'spec':{'ports':[{'port':9},{'port':2},{'port':1}]}}",
                "new items come first, as kubectl patch --local has them | {'spec':{'ports':[{'port':82},{'port':80}]}} | {'spec':{'ports':[{'port':81}]}}"
                        + " | {'spec':{'ports':[{'port':81},{'port':82},{'port':80}]}}",
                "new items follow the item they are named after | {'spec':{'ports':[{'port':1},{'port':2}]}} | {'spec':{'ports':[{'port':3}],'$setElementOrder/ports':[{'port':1},{'port':3}]}}"
                        + " | {'spec':{'ports':[{'port':1},{'port':3},{'port':2}]}}",
                "drops directives of new parts | {} | {'spec':{'$setElementOrder/ports':[{'port':1}],'ports':[{'port':1,'$patch':'merge'}],'selector':{'$retainKeys':['a'],'a':'b','c':null}}}"
                        + " | {'spec':{'ports':[{'port':1}],'selector':{'a':'b'}}}",
                "new parts | {} | {'spec':{'$setElementOrder/ports':[{'port':1}],'ports':[{'port':1}],'selector':{'a':'b','c':null}}}"
                        + " | {'spec':{'ports':[{'port':1}],'selector':{'a':'b'}}}",
                "two items of one key are one | {'spec':{'ports':[{'port':80}]}} | {'spec':{'ports':[{'port':81,'name':'a'},{'port':81,'nodePort':30000}]}}"
                        + " | {'spec':{'ports':[{'port':81,'name':'a','nodePort':30000},{'port':80}]}}",
                "orders what stays | {'spec':{'ports':[{'port':1},{'port':2}]}} | {'spec':{'$setElementOrder/ports':[{'port':2}],'ports':[{'$patch':'delete','port':1}]}}"
                        + " | {'spec':{'ports':[{'port':2}]}}",
                "orders all its items | {} | {'spec':{'$setElementOrder/ports':[{'port':2}],'ports':[{'port':1}]}} | FAILS",
                "orders all its values | {} | {'metadata':{'$setElementOrder/finalizers':['a'],'finalizers':['b']}} | FAILS",
                "orders as it lists | {} | {'spec':{'$setElementOrder/ports':[{'port':2},{'port':1}],'ports':[{'port':1},{'port':2}]}} | FAILS",
                "needs the key | {} | {'spec':{'ports':[{'name':'a'}]}} | FAILS",
                "knows the directive | {} | {'spec':{'$patch':'remove'}} | FAILS",
            })
    void strategicMergePatch(String what, String object, String patch, String result) {
        if (result.equals("FAILS")) {
            assertThatThrownBy(() -> patched(Patch.STRATEGIC, SERVICE, object, patch))
                    .as(what)
                    .isInstanceOf(PatchException.class);
        } else {
            assertThat(text(patched(Patch.STRATEGIC, SERVICE, object, patch)))
                    .as(what)
                    .isEqualTo(result);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "application/merge-patch+json | {'data':{'a':'2','b':'','a':'3'}} | duplicate field \"data.a\"",
                "application/strategic-merge-patch+json | {'spec':{'type':null,'type':'ClusterIP'}} | duplicate field \"spec.type\"",
                "application/json-patch+json | [{'op':'test','path':'/a','value':{}},{'op':'remove','path':'/a','foo':1}] | json patch unknown field \"[1].foo\"",
                "application/json-patch+json | [{'op':'add','path':'/a','path':'/b','value':{'c':1,'c':2}}]"
                        + " | json patch duplicate field \"[0].path\", json patch duplicate field \"[0].value.c\"",
                "application/json-patch+json | [{'op':'move','path':'/a','from':'/b','value':1}] | ",
            })
    void whatIsOddAboutAPatchIsTold(String mediaType, String patch, String problems) {
        assertThat(Objects.requireNonNull(Patch.read(mediaType, bytes(patch), SERVICE)).problems().stream()
                        .map(Problem::message)
                        .collect(Collectors.joining(", ")))
                .isEqualTo(problems == null ? "" : problems);
    }

    @Test
    void retainKeysRemovesTheOthers() {
        assertThat(text(patched(
                        Patch.STRATEGIC,
                        DEPLOYMENT,
                        "{'spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1}}}}",
                        "{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}}")))
                .isEqualTo("{'spec':{'strategy':{'type':'Recreate'}}}");
        assertThat(text(patched(
                        Patch.STRATEGIC,
                        DEPLOYMENT,
                        "{'spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1}}}}",
                        "{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate','rollingUpdate':null}}}")))
                .as("kubectl apply names the removed field too")
                .isEqualTo("{'spec':{'strategy':{'type':'Recreate'}}}");
        assertThatThrownBy(() -> patched(
                        Patch.STRATEGIC,
                        DEPLOYMENT,
                        "{}",
                        "{'spec':{'strategy':{'$retainKeys':['a'],'type':'Recreate'}}}"))
                .hasMessage("spec.strategy: $retainKeys must name every field of the patch, \"type\" too");
    }

    @Test
    void containersAreJoinedDeepDown() {
        assertThat(
                        text(
                                patched(
                                        Patch.STRATEGIC,
                                        DEPLOYMENT,
                                        "{'spec':{'template':{'spec':{'containers':[{'name':'a','image':'x:1','env':[{'name':'E','value':'1'}]},{'name':'b'}]}}}}",
                                        "{'spec':{'template':{'spec':{'containers':[{'name':'a','image':'x:2','env':[{'name':'F','value':'2'}]}]}}}}")))
                .isEqualTo("{'spec':{'template':{'spec':{'containers':[{'name':'a','image':'x:2','env':"
                        + "[{'name':'F','value':'2'},{'name':'E','value':'1'}]},{'name':'b'}]}}}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "nothing to do | {'spec':{'type':'A'}} | {'spec':{'type':'A'}} | {'spec':{'type':'A','clusterIP':'x'}} | {}",
                "change, removal, others left alone | {'metadata':{'labels':{'a':'1','b':'2'}}} | {'metadata':{'labels':{'a':'3'}}}"
                        + " | {'metadata':{'labels':{'a':'1','b':'2','c':'4'}}} | {'metadata':{'labels':{'a':'3','b':null}}}",
                "an item changed | {'spec':{'ports':[{'port':80},{'port':81}]}} | {'spec':{'ports':[{'port':80,'name':'x'}]}}"
                        + " | {'spec':{'ports':[{'port':80,'nodePort':30000},{'port':81},{'port':99}]}}"
                        + " | {'spec':{'ports':[{'name':'x','port':80},{'$patch':'delete','port':81}],'$setElementOrder/ports':[{'port':80}]}}",
                "finalizers | {'metadata':{'finalizers':['a','b']}} | {'metadata':{'finalizers':['b','c']}} | {'metadata':{'finalizers':['a','b','z']}}"
                        + " | {'metadata':{'$deleteFromPrimitiveList/finalizers':['a'],'finalizers':['c'],'$setElementOrder/finalizers':['b','c']}}",
            })
    void threeWay(String what, String last, String wanted, String live, String patch) {
        assertThat(text(StrategicDifference.threeWay(SERVICE, tree(last), tree(wanted), tree(live))
                        .patch()))
                .as(what)
                .isEqualTo(patch);
    }

    @Test
    void applyingGivesWhatKubectlApplyGives() throws IOException {
        String text;
        try (InputStream in = Objects.requireNonNull(PatchTest.class.getResourceAsStream("kubectl-apply.txt"))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String[] cases = text.split("\n\n");
        assertThat(cases).hasSizeGreaterThan(10);
        for (String each : List.of(cases).subList(1, cases.length)) {
            String[] lines = each.split("\n");
            Map<String, Object> wanted = tree(lines[1]);
            Map<String, Object> live = tree(lines[2]);
            ObjectType type = SCHEMA.require((String) wanted.get("apiVersion"), (String) wanted.get("kind"));
            Patch kubectls = Objects.requireNonNull(Patch.read(Patch.STRATEGIC, bytes(lines[3]), type))
                    .patch();
            Patch ours = StrategicDifference.threeWay(type, tree(lines[0]), wanted, live);
            assertThat(SCHEMA.clean(type, ours.apply(live)))
                    .as("%s", each)
                    .isEqualTo(SCHEMA.clean(type, kubectls.apply(live)));
        }
    }

    @Test
    void theStrategicPatchBetweenTwoObjectsMakesOneOfTheOther() {
        for (long seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            Map<String, Object> old = service(random);
            Map<String, Object> wanted = service(random);
            StrategicPatch patch = StrategicDifference.between(SERVICE, old, wanted);
            assertThat(patch.apply(old)).as("seed %d: %s", seed, patch.patch()).isEqualTo(wanted);
            Map<String, Object> foreign = new LinkedHashMap<>(wanted);
            foreign.put("status", Map.of("x", "others' work"));
            assertThat(StrategicDifference.threeWay(SERVICE, wanted, wanted, foreign)
                            .patch())
                    .as("seed %d: applying again", seed)
                    .isEmpty();
        }
    }

    private static Map<String, Object> service(Random random) {
        List<Object> ports = new ArrayList<>();
        for (long port = 1; port < 5; port++) {
            if (random.nextBoolean()) {
                Map<String, Object> item = new LinkedHashMap<>();
                item.put("port", port);
                if (random.nextBoolean()) {
                    item.put("name", "n" + random.nextInt(3));
                }
                ports.add(item);
            }
        }
        Collections.shuffle(ports, random);
        List<Object> finalizers = new ArrayList<>(List.of("a", "b", "c", "d").subList(0, random.nextInt(5)));
        Collections.shuffle(finalizers, random);
        Map<String, Object> selector = new LinkedHashMap<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            selector.put("k" + random.nextInt(4), "v" + random.nextInt(2));
        }
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("ports", ports);
        if (random.nextBoolean()) {
            spec.put("selector", selector);
        }
        if (random.nextBoolean()) {
            spec.put("externalIPs", new ArrayList<>(finalizers));
        }
        return new LinkedHashMap<>(
                Map.of("metadata", new LinkedHashMap<>(Map.of("finalizers", finalizers)), "spec", spec));
    }
}

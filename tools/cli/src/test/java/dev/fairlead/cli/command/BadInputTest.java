// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong in a file is told with its place and what would be right, and changes nothing. */
@Timeout(120)
class BadInputTest {
    /** A good object in front of the bad one: it must not be applied either. 7 lines. */
    private static final String GOOD = """
            apiVersion: v1
            kind: Namespace
            metadata:
              name: new
            ---
            """;

    @TempDir
    private static Path home;

    private static Terminal terminal;

    @BeforeAll
    static void start() throws Exception {
        terminal = new Terminal(home);
    }

    @AfterAll
    static void stop() {
        terminal.close();
    }

    /** One mistake; the lines of {@code text} count from 6. */
    record Mistake(String what, String text, String told) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Mistake> mistakes() {
        String service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namespace: new\nspec:\n";
        return Stream.of(
                new Mistake(
                        "a tab",
                        "apiVersion: v1\nkind: Service\nmetadata:\n\tname: web\n",
                        "FILE:9:1: a tab cannot indent; use spaces"),
                new Mistake(
                        "an unknown kind",
                        "apiVersion: v1\nkind: Servce\nmetadata: {name: web}\n",
                        "FILE:7:1: unknown kind \"Servce\" (v1); did you mean \"Service\"?"),
                new Mistake(
                        "a kind of another group",
                        "apiVersion: v1\nkind: Deployment\nmetadata: {name: web}\n",
                        "FILE:6:1: no kind \"Deployment\" in apiVersion \"v1\"; it is in apps/v1"),
                new Mistake(
                        "no kind",
                        "apiVersion: v1\nmetadata: {name: web}\n",
                        "FILE:6:1: kind is missing; every object says what it is, such as kind: Service"),
                new Mistake(
                        "no name",
                        "apiVersion: v1\nkind: Service\nmetadata: {labels: {a: b}}\n",
                        "FILE:8:1: metadata.name is missing; every object that is applied needs a name"),
                new Mistake(
                        "an unknown field",
                        service + "  ports:\n  - port: 80\n    targetport: 8080\n",
                        "FILE:14:5: unknown field \"spec.ports[0].targetport\"; did you mean \"targetPort\"?"),
                new Mistake(
                        "an unknown field like no other",
                        service + "  ports:\n  - port: 80\n    zzzzzzzz: 8080\n",
                        "FILE:14:5: unknown field \"spec.ports[0].zzzzzzzz\"; fields here are appProtocol, name, nodePort,"
                                + " port, protocol, targetPort"),
                new Mistake(
                        "a wrong type",
                        service + "  ports:\n  - port: \"80\"\n",
                        "FILE:13:5: field \"spec.ports[0].port\": expected a whole number of 32 bits (without quotes), got"
                                + " string \"80\""),
                new Mistake(
                        "a field twice",
                        service + "  ports:\n  - port: 80\n    port: 81\n",
                        "FILE:14:5: field \"spec.ports[0].port\" is given twice; keep one of them"),
                new Mistake(
                        "a port of 70000",
                        service + "  ports:\n  - port: 70000\n",
                        "FILE:13:5: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"),
                new Mistake(
                        "a clusterIP outside the range",
                        service + "  clusterIP: 192.0.2.1\n  ports:\n  - port: 80\n",
                        "FILE:12:3: spec.clusterIPs: Invalid value: [\"192.0.2.1\"]: failed to allocate IP 192.0.2.1: the"
                                + " provided network does not match the current range; addresses come from 10.96.0.0/16"),
                new Mistake(
                        "a name in capitals",
                        service.replace("web", "Web") + "  ports: [{port: 80}]\n",
                        "FILE:9:3: metadata.name: Invalid value: \"Web\": a lowercase RFC 1123 label must consist of lower"
                                + " case alphanumeric characters or '-', and must start and end with an alphanumeric"
                                + " character (e.g. 'my-name',  or '123-abc', regex used for validation is"
                                + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"),
                new Mistake(
                        "a namespace that is not there",
                        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: nowhere}\n",
                        "FILE:8:21: there is no namespace \"nowhere\"; create it first, or apply a Namespace of that name"
                                + " with this object"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isToldWithItsPlaceAndChangesNothing(Mistake mistake) throws Exception {
        String file = terminal.file("bad.yaml", GOOD + mistake.text());
        long before = terminal.revision();
        assertThat(terminal.fairlead("apply", "-f", file).failing())
                .isEqualTo("fairlead: " + mistake.told().replace("FILE", file) + "\n");
        assertThat(terminal.revision()).isEqualTo(before);
        assertThat(terminal.fairlead("get", "ns", "new").failing()).contains("not found");
    }

    @Test
    void allMistakesOfAllFilesAreToldAtOnce() throws Exception {
        String one = terminal.file("many/1.yaml", "kind: Pod\n");
        String two = terminal.file("many/2.yaml", "a: b: c\n");
        assertThat(terminal.fairlead("apply", "-f", home.resolve("many").toString())
                        .failing())
                .startsWith("fairlead: " + one + ":1:1: apiVersion is missing")
                .contains("\n" + two + ":1:5: ");
    }

    @Test
    void wordsThatMeanNothing() {
        assertThat(terminal.fairlead("get", "servces").failing())
                .isEqualTo("fairlead: the server has no resource type \"servces\"; did you mean \"services\"?\n");
        assertThat(terminal.fairlead("get", "svc", "-o", "jsonpath={.x}").failing())
                .isEqualTo("fairlead: -o jsonpath={.x}: there are wide, yaml, json, name; kubectl knows more\n");
        assertThat(terminal.fairlead("delete", "svc").failing())
                .isEqualTo("fairlead: which services? Give names, a selector with -l, or --all for all in namespace"
                        + " default\n");
        assertThat(terminal.fairlead("apply", "-f", "/nowhere.yaml").failing())
                .isEqualTo("fairlead: -f /nowhere.yaml: there is no such file or folder\n");
        assertThat(terminal.feed("# nothing\n", "apply", "-f", "-").failing())
                .isEqualTo("fairlead: standard input: no objects in it; an object begins with apiVersion and kind\n");
    }

    @Test
    void aNodeThatCannotStart() {
        assertThat(node("--api-server=https://kubernetes.default.svc:443"))
                .contains("a name of the cluster's own DNS")
                .contains("or --api-server, to an API server's own address");
        assertThat(node("--service-cidrs=127.0.0.0/8"))
                .contains("leads to the Service address 127.0.0.1")
                .contains("it would wait for itself");
        assertThat(node("--node-name=nobody"))
                .contains("the cluster has no node nobody; it has []; name this one with --node-name");
        assertThat(node("--data-plane=ipvs")).contains("--data-plane=ipvs must be relay or nftables");
        assertThat(node("--masquerade-bit=0")).contains("must be 1 to 31");
        assertThat(node("--cluster-cidr=10.244.0.0")).contains("--cluster-cidr=10.244.0.0 is no block");
        assertThat(node("--detect-local-mode=Bridge")).contains("must be ClusterCIDR, NodeCIDR, BridgeInterface");
        assertThat(node("--detect-local-mode=BridgeInterface"))
                .contains("needs --pod-bridge-interface with a link's name of 1 to 15 bytes, not \"\"");
        assertThat(node("--socket-balancing=on")).contains("must be auto, off, host or pods");
        assertThat(node("--data-plane=relay", "--socket-balancing=host")).contains("works above nftables only");
        assertThat(node(
                        "--data-plane=relay",
                        "--detect-local-mode=InterfaceNamePrefix",
                        "--pod-interface-name-prefix=veth"))
                .contains("the relay sees addresses, not links");
        assertThat(node("--conntrack-tcp-timeout-established=soon")).contains("a duration such as");
    }

    private static String node(String... options) {
        List<String> words = new ArrayList<>(List.of("node", "--data-dir=" + home.resolve("node")));
        words.addAll(List.of(options));
        Terminal.Run run = terminal.fairlead(words.toArray(String[]::new));
        assertThat(run.exit()).isEqualTo(1);
        return run.err();
    }

    @Test
    void nobodyToTalkTo() throws Exception {
        String config = Files.readString(terminal.kubeconfig()).replaceFirst("127.0.0.1:\\d+", "127.0.0.1:9");
        String file = terminal.file("elsewhere", config);
        StringWriter err = new StringWriter();
        assertThat(terminal.run("", Map.of(), new StringWriter(), err, "get", "svc", "--kubeconfig", file))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith("fairlead: cannot reach https://127.0.0.1:9: ")
                .endsWith("; is ./fairlead up running?\n");
        StringWriter none = new StringWriter();
        assertThat(terminal.run("", Map.of(), new StringWriter(), none, "get", "svc"))
                .isEqualTo(1);
        assertThat(none.toString())
                .isEqualTo("fairlead: no kubeconfig: " + home.resolve(".fairlead/kubeconfig") + " and "
                        + home.resolve(".kube/config")
                        + " are not there; start ./fairlead up, which writes one, or use --kubeconfig FILE\n");
    }
}

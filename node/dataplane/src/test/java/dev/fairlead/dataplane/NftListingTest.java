// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.dataplane.layout.Ruleset;
import dev.fairlead.dataplane.nftables.NftablesPlane;
import dev.fairlead.kernel.Probe;
import dev.fairlead.kernel.namespace.Namespace;
import dev.fairlead.kernel.process.Exit;
import dev.fairlead.kernel.process.Spawn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What administrators see: {@code nft list table inet fairlead} prints names and types, not numbers. Skipped where there is
 * no nft tool, or another version than the text was made with, as each prints a little differently.
 */
class NftListingTest {
    private static final String VERSION = "v1.0.6";
    private static final Pattern REPEATED = Pattern.compile("(map endpoints|chain pick)4-([3-9]|1[0-9]) |6(-[0-9]+)? ");
    private static final Pattern ELEMENTS = Pattern.compile("elements = \\{([^}]*)}");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void namesAndTypesAreReadable() throws Exception {
        Probe probe = Probe.networkNamespaces();
        Assumptions.assumeTrue(probe.possible(), probe.toString());
        Path nft = nft().orElse(null);
        Assumptions.assumeTrue(nft != null, "there is no nft tool (package nftables)");
        try (Namespace namespace = Namespace.create("listing");
                NftablesPlane plane = NftablesPlane.in(namespace, "fairlead", Ruleset.Options.USUAL)) {
            String version = run(namespace, nft, "--version");
            Assumptions.assumeTrue(version.contains(VERSION), "nft is not " + VERSION + ": " + version);
            plane.apply(table());
            String listed = run(namespace, nft, "list", "table", "inet", "fairlead");
            assertThat(listed).doesNotContain("Error");
            assertThat(shortened(listed)).isEqualTo(golden());
        }
    }

    private static RouteTable table() {
        return RouteTable.of(
                List.of(
                        FlowsContract.service(
                                ", externalTrafficPolicy: Local, loadBalancerSourceRanges: [198.51.100.0/24]"),
                        service("held", "10.96.0.2", ", sessionAffinity: ClientIP"),
                        service("held6", "fd00:10:96::2", ", sessionAffinity: ClientIP, ipFamilies: [IPv6]"),
                        service("empty", "10.96.0.3", "")),
                List.of(
                        FlowsContract.slice("IPv4", FlowsContract.UP, FlowsContract.UP),
                        FlowsContract.slice("IPv6", FlowsContract.UP, FlowsContract.UP),
                        EndpointSlice.from(
                                PlaneLab.tree(
                                        "{metadata: {namespace: shop, name: held-1, labels:"
                                                + " {kubernetes.io/service-name: held}}, addressType: IPv4, ports: [{name: http, port:"
                                                + " 8443}], endpoints: [{addresses: [10.244.1.3], nodeName: n1},"
                                                + " {addresses: [10.244.2.3], nodeName: n2}, {addresses: [10.244.2.4], nodeName: n2}]}")),
                        EndpointSlice.from(PlaneLab.tree("{metadata: {namespace: shop, name: held6-1, labels:"
                                + " {kubernetes.io/service-name: held6}}, addressType: IPv6, ports: [{name: http, port:"
                                + " 8443}], endpoints: [{addresses: ['fd00:10:244:1::3'], nodeName: n1}]}"))),
                PlaneLab.NODE,
                PlaneLab.SETTINGS);
    }

    private static Service service(String name, String address, String more) {
        return Service.from(PlaneLab.tree("{metadata: {namespace: shop, name: " + name + "}, spec: {clusterIP: '"
                + address + "', clusterIPs: ['" + address + "'], ports: [{name: http, port: 443}]" + more + "}}"));
    }

    private static Optional<Path> nft() {
        return Stream.concat(Arrays.stream(System.getenv("PATH").split(":", -1)), Stream.of("/usr/sbin", "/sbin"))
                .map(place -> Path.of(place, "nft"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private String run(Namespace namespace, Path nft, String... arguments) throws Exception {
        Path log = Files.createTempFile(folder, "nft", ".log");
        Exit exit = Spawn.of(Stream.concat(Stream.of(nft.toString()), Arrays.stream(arguments))
                        .toList())
                .withNetwork(namespace)
                .withEnvironment(Map.of("PATH", "/usr/bin:/bin", "LANG", "C.UTF-8"))
                .withOutput(log)
                .start()
                .exit()
                .get(30, TimeUnit.SECONDS);
        String said = Files.readString(log);
        assertThat(exit).as(said).isEqualTo(new Exit.Code(0));
        return said;
    }

    /** Without IPv6, what is there for each class again and again, and who owns the table where the kernel knows owners. */
    private static String shortened(String listed) {
        String parts = listed.replaceAll(" # progname .*", "").replaceAll("\tflags owner.*\n\n", "");
        return Arrays.stream(parts.split("\n\n", -1))
                .filter(part ->
                        !REPEATED.matcher(part.lines().findFirst().orElse("")).find())
                .map(NftListingTest::inOrder)
                .collect(Collectors.joining("\n\n"));
    }

    /** The elements of each set one below the other, in order: the kernel gives them in none. */
    private static String inOrder(String listed) {
        return ELEMENTS.matcher(listed).replaceAll(NftListingTest::sorted);
    }

    private static String sorted(MatchResult found) {
        return Arrays.stream(found.group(1).split(",", -1))
                .map(String::strip)
                .sorted()
                .collect(Collectors.joining(",\n\t\t\t     ", "elements = { ", " }"));
    }

    private static String golden() throws IOException {
        try (InputStream text = NftListingTest.class.getResourceAsStream("nft-list.txt")) {
            return new String(Objects.requireNonNull(text).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

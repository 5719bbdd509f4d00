// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.message.DnsName;
import dev.fairlead.dns.message.Query;
import dev.fairlead.dns.message.QueryWriter;
import dev.fairlead.dns.message.Rdata;
import dev.fairlead.dns.message.RecordType;
import dev.fairlead.dns.message.UpstreamReply;
import dev.fairlead.dns.server.DnsChoices;
import dev.fairlead.wire.yaml.Yaml;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shop in a whole instance: ready, reached by every way there is, found by name. */
final class WholeInstanceTest {
    @TempDir
    private Path scratch = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "loopback"})
    void theShopIsReachedByAddressNodePortAndName(String network) throws Exception {
        try (Running running = Running.start(network, scratch.resolve("data"), "one")) {
            Shop shop = running.shop().apply();
            shop.awaitReady("frontend", 3);
            shop.awaitReady("backend", 3);

            shop.reachesAll(running.service("frontend"));
            shop.reachesAll(running.nodePort("frontend"));

            InetSocketAddress found = resolve(running.instance().dns(), "_http._tcp.frontend.shop.svc.cluster.local");
            assertThat(found).isEqualTo(running.service("frontend"));
            running.instance().reload(withZone("other.example"));
            assertThat(resolve(running.instance().dns(), "_http._tcp.frontend.shop.svc.other.example"))
                    .isEqualTo(running.service("frontend"));
            if (network.equals("kernel")) {
                curlInAPod(running, lookUpByMusl(scratch));
                versionFromAPod(running, "https://kubernetes.default/version");
            } else {
                versionFromAPod(running, "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/version");
            }
        }
    }

    private static DnsChoices withZone(String zone) {
        DnsChoices usual = DnsChoices.USUAL;
        return new DnsChoices(
                List.of(DnsName.of(zone)),
                usual.external(),
                usual.ttl(),
                usual.pods(),
                usual.search(),
                usual.upstreams(),
                usual.stubs(),
                usual.hosts(),
                usual.logEvery(),
                usual.perSecond(),
                usual.transferTo(),
                usual.encryption(),
                usual.parallel(),
                usual.mixedCase());
    }

    /** An SRV record and its target's address. */
    private static InetSocketAddress resolve(InetSocketAddress dns, String name) throws Exception {
        Rdata.Srv srv = answer(dns, name, RecordType.SRV, Rdata.Srv.class);
        Rdata.Address address = answer(dns, srv.target().toString(), RecordType.A, Rdata.Address.class);
        return new InetSocketAddress(InetAddress.getByAddress(address.address().bytes()), srv.port());
    }

    private static <T extends Rdata> T answer(InetSocketAddress dns, String name, int type, Class<T> kind)
            throws Exception {
        Query query = QueryWriter.query(7, DnsName.of(name), type);
        byte[] bytes = QueryWriter.write(query, 7);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(30_000);
            socket.send(new DatagramPacket(bytes, bytes.length, dns));
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            socket.receive(packet);
            UpstreamReply reply = UpstreamReply.read(Arrays.copyOf(packet.getData(), packet.getLength()), 7, query);
            return reply.records().stream()
                    .map(record -> record.data())
                    .filter(kind::isInstance)
                    .map(kind::cast)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(name + " has no record of type " + type));
        }
    }

    /** A command that finds backend by musl's getaddrinfo, where its compiler is; else it says that it does not. */
    private static String lookUpByMusl(Path folder) throws Exception {
        Path compiler = Path.of("/usr/bin/musl-gcc");
        if (!Files.isExecutable(compiler)) {
            System.out.println("no musl-gcc here (Debian: musl-tools): names are looked up by glibc alone");
            return "true";
        }
        Path source = Files.writeString(folder.resolve("lookup.c"), """
                #include <arpa/inet.h>
                #include <netdb.h>
                #include <stdio.h>
                int main(int count, char **words) {
                    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
                    char text[64];
                    if (getaddrinfo(words[1], "80", &hints, &found)) return 1;
                    inet_ntop(AF_INET, &((struct sockaddr_in *) found->ai_addr)->sin_addr, text, sizeof text);
                    printf("musl=%s\\n", text);
                    return 0;
                }
                """);
        Path program = folder.resolve("lookup");
        Process process = new ProcessBuilder(
                        compiler.toString(), "-static", "-o", program.toString(), source.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        return program + " backend && " + program + " backend.shop.svc.cluster.local";
    }

    /** An unmodified program in a pod finds a Service through the pod's own resolv.conf, and its server sees the pod. */
    private static void curlInAPod(Running running, String musl) throws Exception {
        Shop shop = running.shop();
        shop.create(pod(
                "caller",
                "getent hosts backend.shop && getent ahostsv4 backend && " + musl
                        + " && curl -sS --retry 5 --retry-connrefused http://backend/"
                        + " && echo client=$(curl -sS http://backend/client) && echo done; exec sleep 60"));
        ObjectName caller = new ObjectName(Shop.NAMESPACE, "caller");
        Shop.await("curl in a pod", Duration.ofSeconds(30), () -> {
            String log = shop.log(caller);
            if (log.contains("curl:")) {
                throw new AssertionError(log);
            }
            return log.contains("done");
        });
        assertThat(shop.log(caller)).contains(shop.clusterIp("backend")).contains("pod=backend-");
        if (!musl.equals("true")) {
            assertThat(shop.log(caller)).contains("musl=" + shop.clusterIp("backend"));
        }
        List<Tree> callers = shop.pods("caller");
        assertThat(shop.log(caller))
                .as("whom the server saw")
                .contains("client=" + callers.getFirst().tree("status").text("podIP", "?"));
    }

    /** The API by its own Service, its certificate checked: pods share this machine's files, the CA's among them. */
    private static void versionFromAPod(Running running, String url) throws Exception {
        Shop shop = running.shop();
        String authority =
                running.instance().kubeconfig().resolveSibling("pki/ca.crt").toString();
        shop.create(pod("asker", "curl -sS --cacert " + authority + " " + url + " && echo done; exec sleep 60"));
        ObjectName asker = new ObjectName(Shop.NAMESPACE, "asker");
        Shop.await("the API from a pod", Duration.ofSeconds(30), () -> {
            String log = shop.log(asker);
            if (log.contains("curl:")) {
                throw new AssertionError(log);
            }
            return log.contains("done");
        });
        assertThat(shop.log(asker)).contains("gitVersion");
    }

    static String pod(String name, String script) {
        return Yaml.write(Map.of(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                Map.of("name", name, "namespace", "shop", "labels", Map.of("app", name)),
                "spec",
                Map.of(
                        "terminationGracePeriodSeconds",
                        3L,
                        "containers",
                        List.of(Map.of("name", "main", "image", "any", "command", List.of("sh", "-c", script))))));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.PortRange;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Entry;
import dev.fairlead.store.Expect;
import dev.fairlead.store.Write;
import dev.fairlead.store.disk.DiskStore;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.SystemTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random creates, updates, deletes, dry runs, crashes and acts of vandalism against the server over a store on disk, held
 * against a model: what every Service was last acknowledged to have. Ranges are small, so that they fill up.
 *
 * <p>After every step: no address and no node port has two holders, what Services have is what is reserved, nothing else
 * is, an address or port given unasked is of the lower band only if the upper was full, and nothing is refused for being
 * taken or used up that is free.
 */
@Timeout(120)
class ServiceModelTest {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String ADDRESSES = "/registry/ipaddresses/";
    private static final String PORTS = "/fairlead/nodeports/";
    private static final Cidr V4 = Cidr.of("10.96.0.0/27");
    private static final Cidr V6 = Cidr.of("fd00::/123");
    private static final int LOWER = 16;
    private static final PortRange NODE_PORTS = new PortRange(30000, 30039);
    private static final int STEPS = 250;

    @TempDir
    private Path directory;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final SystemTime time = new SystemTime();
    private final Map<String, Tree> model = new TreeMap<>();
    private FaultyStore store;
    private ApiServer server;
    private Client api;

    private void open() {
        store = new FaultyStore(DiskStore.open(directory));
        server = new ApiServer(new ApiServer.Parts(
                store,
                new ClusterNetwork(List.of(V4, V6), NODE_PORTS, List.of()),
                time,
                random,
                (pod, container, options) -> Answers.text(404, ""),
                Duration.ofMinutes(1)));
        api = new Client(server);
        Instant deadline = Instant.now().plusSeconds(30);
        while (api.get("/readyz").status() != 200) {
            assertThat(Instant.now()).as("ready in time").isBefore(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @AfterEach
    void shut() {
        server.close();
        store.close();
        time.close();
    }

    @RepeatedTest(3)
    void services_and_reservations_agree() {
        System.out.println("seed " + seed);
        open();
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5, 6 -> create("");
                case 7, 8, 9, 10 -> update("");
                case 11, 12, 13, 14 -> delete("");
                case 15, 16 -> rehearse();
                case 17 -> restart();
                case 18 -> crash();
                default -> vandalise();
            }
            agree("step " + step + " of seed " + seed);
        }
    }

    private void create(String query) {
        String name = "s" + random.nextInt(40);
        Held before = held();
        Client.Answer answer = api.send(Client.json("POST", SERVICES + query, yaml(name, random)));
        if (answer.status() == 409) {
            assertThat(model).containsKey(name);
        } else if (judge(answer, before, Tree.EMPTY) && query.isEmpty()) {
            model.put(name, answer.tree());
        }
    }

    private void update(String query) {
        if (model.isEmpty()) {
            return;
        }
        String name = any();
        Held before = held();
        Tree old = model.get(name);
        Client.Answer answer = api.send(Client.json("PUT", SERVICES + "/" + name + query, yaml(name, random)));
        if (judge(answer, before, old) && query.isEmpty()) {
            model.put(name, answer.tree());
        }
    }

    private void delete(String query) {
        if (!model.isEmpty()) {
            String name = any();
            api.send(Request.of("DELETE", SERVICES + "/" + name + query)).is(200);
            if (query.isEmpty()) {
                model.remove(name);
            }
        }
    }

    private void rehearse() {
        long revision = store.revision();
        switch (random.nextInt(3)) {
            case 0 -> create("?dryRun=All");
            case 1 -> update("?dryRun=All");
            default -> delete("?dryRun=All");
        }
        assertThat(store.revision()).as("a dry run leaves nothing").isEqualTo(revision);
    }

    private void restart() {
        server.close();
        store.close();
        open();
    }

    /** The process dies in the middle of a write; whether the write happened shows only afterwards. */
    private void crash() {
        store.dieAt(random.nextBoolean() ? FaultyStore.Fault.BEFORE : FaultyStore.Fault.AFTER);
        String name = random.nextBoolean() || model.isEmpty() ? "s" + random.nextInt(40) : any();
        String yaml = yaml(name, random);
        Request request = switch (random.nextInt(3)) {
            case 0 -> Client.json("POST", SERVICES, yaml);
            case 1 -> Client.json("PUT", SERVICES + "/" + name, yaml);
            default -> Request.of("DELETE", SERVICES + "/" + name);
        };
        api.send(request);
        restart();
        Client.Answer now = api.get(SERVICES + "/" + name);
        if (now.status() == 200) {
            model.put(name, now.tree());
        } else {
            model.remove(name);
        }
    }

    /** Somebody takes reservations away or makes some that nobody has; a start repairs that. */
    private void vandalise() {
        List<Entry> entries = new ArrayList<>(store.prefix(ADDRESSES, 0, 0).entries());
        entries.addAll(store.prefix(PORTS, 0, 0).entries());
        if (entries.isEmpty()) {
            return;
        }
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Entry entry = entries.remove(random.nextInt(entries.size()));
            String stolen = new String(entry.value(), java.nio.charset.StandardCharsets.UTF_8)
                    .replaceAll("\"name\":\"s[0-9]+\"", "\"name\":\"nobody\"")
                    .replaceAll("\"creationTimestamp\":\"[^\"]*\"", "\"creationTimestamp\":\"2020-01-01T00:00:00Z\"");
            writes.add(
                    random.nextBoolean()
                            ? Write.delete(entry.key(), Expect.any())
                            : Write.put(
                                    entry.key(),
                                    stolen.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                    Expect.any()));
            if (entries.isEmpty()) {
                break;
            }
        }
        server.close();
        try {
            store.commit(writes);
        } catch (dev.fairlead.store.ConflictException impossible) {
            throw new AssertionError(impossible);
        }
        store.close();
        open();
    }

    /** Whether it was accepted; what was given and refused has to be right. */
    private static boolean judge(Client.Answer answer, Held before, Tree old) {
        Tree spec = answer.tree().tree("spec");
        switch (answer.status()) {
            case 200, 201 -> {
                // checked by agree(); bands below
            }
            case 422 -> {
                for (Tree cause : answer.tree().tree("details").trees("causes")) {
                    String message = cause.text("message", "");
                    if (message.contains("provided IP is already allocated")) {
                        String ip = message.replaceAll(".*failed to allocate IP ([^ ]+): .*", "$1");
                        assertThat(before.addresses).contains(ip);
                    } else if (message.contains("provided port is already allocated")) {
                        // held by another, or asked for twice in this Service
                        assertThat(message).contains("Invalid value: 300");
                    }
                }
                return false;
            }
            case 500 -> {
                boolean v4 = before.free(V4) == 0;
                boolean v6 = before.free(V6) == 0;
                boolean few = before.freePorts() < 4;
                assertThat(v4 || v6 || few).as("%s", answer.message()).isTrue();
                return false;
            }
            default -> throw new AssertionError(answer.status() + " " + answer.message());
        }
        List<String> had = old.tree("spec").texts("clusterIPs");
        for (String text : spec.texts("clusterIPs")) {
            boolean asked = text.endsWith(".5") || text.endsWith(":5") || text.equals("None");
            if (!had.contains(text)
                    && !asked
                    && !answer.tree()
                            .tree("metadata")
                            .text("resourceVersion", "")
                            .isEmpty()) {
                Cidr block = text.contains(":") ? V6 : V4;
                IpAddress ip = IpAddress.of(text);
                boolean lower = IntStream.rangeClosed(1, LOWER)
                        .anyMatch(offset -> block.first().plus(offset).equals(ip));
                assertThat(lower && before.upperFree(block) > 0)
                        .as("%s is of the lower band, the upper has room: %s", text, before.addresses)
                        .isFalse();
            }
        }
        return true;
    }

    /** What is reserved at one moment. */
    private record Held(Set<String> addresses, Set<Integer> ports) {
        private long free(Cidr block) {
            return IntStream.rangeClosed(1, usable(block))
                    .filter(offset ->
                            !addresses.contains(block.first().plus(offset).toString()))
                    .count();
        }

        private long upperFree(Cidr block) {
            return IntStream.rangeClosed(LOWER + 1, usable(block))
                    .filter(offset ->
                            !addresses.contains(block.first().plus(offset).toString()))
                    .count();
        }

        private static int usable(Cidr block) {
            return block.equals(V4) ? 30 : 31;
        }

        private long freePorts() {
            return (long) NODE_PORTS.size() - ports.size();
        }
    }

    private Held held() {
        Set<String> addresses = new HashSet<>();
        store.prefix(ADDRESSES, 0, 0)
                .entries()
                .forEach(entry -> addresses.add(entry.key().substring(ADDRESSES.length())));
        Set<Integer> ports = new TreeSet<>();
        store.prefix(PORTS, 0, 0)
                .entries()
                .forEach(entry -> ports.add(Integer.valueOf(entry.key().substring(PORTS.length()))));
        return new Held(addresses, ports);
    }

    /** The API shows what the model has; every reservation has one holder and the other way round. */
    private void agree(String when) {
        Map<String, String> holders = new HashMap<>();
        Map<Integer, String> portHolders = new HashMap<>();
        List<Tree> items = api.get(SERVICES).tree().trees("items");
        assertThat(items)
                .as(when)
                .extracting(item -> item.tree("metadata").text("name"))
                .containsExactlyElementsOf(model.keySet());
        for (Tree item : items) {
            String name = item.tree("metadata").text("name", "");
            assertThat(item.tree("spec")).as(when).isEqualTo(model.get(name).tree("spec"));
            for (String ip : item.tree("spec").texts("clusterIPs")) {
                if (!ip.equals("None")) {
                    assertThat(holders.put(ip, name))
                            .as("%s: %s has two holders", when, ip)
                            .isNull();
                    assertThat((ip.contains(":") ? V6 : V4).contains(IpAddress.of(ip)))
                            .isTrue();
                }
            }
            for (int port : ports(item)) {
                assertThat(portHolders.put(port, name))
                        .as("%s: %s has two holders", when, port)
                        .isNull();
                assertThat(NODE_PORTS.contains(port)).isTrue();
            }
        }
        Map<String, String> reserved = new HashMap<>();
        store.prefix(ADDRESSES, 0, 0)
                .entries()
                .forEach(entry -> reserved.put(entry.key().substring(ADDRESSES.length()), parent(entry)));
        assertThat(reserved).as(when).isEqualTo(holders);
        Map<Integer, String> reservedPorts = new HashMap<>();
        for (Entry entry : store.prefix(PORTS, 0, 0).entries()) {
            reservedPorts.put(Integer.valueOf(entry.key().substring(PORTS.length())), parent(entry));
        }
        assertThat(reservedPorts).as(when).isEqualTo(portHolders);
    }

    private static String parent(Entry entry) {
        return new Tree(Json.object(entry.value()))
                .tree("spec")
                .tree("parentRef")
                .text("name", "");
    }

    private static Set<Integer> ports(Tree service) {
        Tree spec = service.tree("spec");
        Set<Integer> ports = new HashSet<>();
        if (Set.of("NodePort", "LoadBalancer").contains(spec.text("type", ""))) {
            spec.trees("ports").forEach(port -> ports.add((int) port.whole("nodePort", 0)));
            ports.add((int) spec.whole("healthCheckNodePort", 0));
            ports.remove(0);
        }
        return ports;
    }

    private String any() {
        List<String> names = List.copyOf(model.keySet());
        return names.get(random.nextInt(names.size()));
    }

    private static String yaml(String name, Random random) {
        StringBuilder spec = new StringBuilder("metadata: {name: " + name + "}\nspec: {");
        String type = List.of("ClusterIP", "NodePort", "LoadBalancer", "LoadBalancer", "ExternalName", "None")
                .get(random.nextInt(6));
        spec.append("type: ").append(type.equals("None") ? "ClusterIP" : type).append(", ");
        switch (type) {
            case "None" -> spec.append("clusterIP: None, ");
            case "ExternalName" -> spec.append("externalName: a.example, ");
            default -> {
                if (random.nextInt(5) == 0) {
                    spec.append("clusterIP: ")
                            .append(random.nextBoolean() ? "10.96.0.5" : "'fd00::5'")
                            .append(", ");
                }
            }
        }
        if (type.equals("LoadBalancer") && random.nextBoolean()) {
            spec.append("externalTrafficPolicy: Local, ");
        }
        if (type.equals("LoadBalancer") && random.nextInt(3) == 0) {
            spec.append("allocateLoadBalancerNodePorts: false, ");
        }
        if (!type.equals("ExternalName") && random.nextBoolean()) {
            spec.append("ipFamilyPolicy: ")
                    .append(List.of("SingleStack", "PreferDualStack", "RequireDualStack")
                            .get(random.nextInt(3)))
                    .append(", ");
        }
        spec.append("selector: {a: b}, ports: [{name: a, port: 53")
                .append(nodePort(type, random))
                .append("}");
        if (random.nextBoolean()) {
            spec.append(", {name: b, port: ")
                    .append(random.nextBoolean() ? 53 : 54)
                    .append(", protocol: UDP");
            spec.append(nodePort(type, random)).append("}");
        }
        return spec.append("]}\n").toString();
    }

    private static String nodePort(String type, Random random) {
        boolean may = type.equals("NodePort") || type.equals("LoadBalancer");
        return may && random.nextInt(4) == 0 ? ", nodePort: 300" + (10 + random.nextInt(6)) : "";
    }

    /** Many clients at once fight for few addresses and ports; each is answered, and all end up with their own. */
    @Test
    void many_at_once() throws InterruptedException {
        System.out.println("seed " + seed);
        open();
        List<Thread> threads = new ArrayList<>();
        Set<Integer> codes = java.util.concurrent.ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 8; i++) {
            Random own = new Random(seed + i);
            String prefix = "t" + i + "-";
            threads.add(Thread.ofVirtual().start(() -> {
                for (int step = 0; step < 60; step++) {
                    String name = prefix + own.nextInt(8);
                    Request request = switch (own.nextInt(3)) {
                        case 0 -> Client.json("POST", SERVICES, yaml(name, own));
                        case 1 -> Client.json("PUT", SERVICES + "/" + name, yaml(name, own));
                        default -> Request.of("DELETE", SERVICES + "/" + name);
                    };
                    codes.add(api.send(request).status());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(codes).isSubsetOf(200, 201, 404, 409, 422, 500).contains(200, 201);
        api.get(SERVICES)
                .tree()
                .trees("items")
                .forEach(item -> model.put(item.tree("metadata").text("name", ""), item));
        agree("after the fight");
    }
}

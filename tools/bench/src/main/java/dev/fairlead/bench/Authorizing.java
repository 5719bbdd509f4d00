// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.apiserver.access.NodeUser;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.store.Store;
import dev.fairlead.store.memory.MemoryStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What it costs a request to be authorized: the same requests to an API in this process by a member of {@code system:masters},
 * whom nobody looks up, and by others, with few and with many bindings there are; processor time, asked alternately, the
 * median of differences.
 */
final class Authorizing {
    /** Calls that are timed together. */
    private static final int CALLS = 500;
    /** Times by each of the two in one round. */
    private static final int TURNS = 20;

    private static final int WARM_UP = 20;
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings";
    private static final User MASTER = new User("admin", Set.of("system:masters", "system:authenticated"));

    /** Who asks for what; {@code write}: another object is written before each time. */
    private record Asked(String what, User user, Request request, boolean write) {}

    private static final List<Asked> ASKED = List.of(
            new Asked("a path, one role for all who are known", person("jane"), Request.of("GET", "/version"), false),
            new Asked("an object, role of one rule", person("jane"), Request.of("GET", MAPS + "/a"), false),
            new Asked("an object, cluster-wide `view`", person("joe"), Request.of("GET", MAPS + "/a"), false),
            new Asked("an object of a pod, its node", NodeUser.of("n"), Request.of("GET", MAPS + "/a"), false),
            new Asked("an object after a write", person("jane"), Request.of("GET", MAPS + "/a"), true),
            new Asked("the same, its node", NodeUser.of("n"), Request.of("GET", MAPS + "/a"), true));

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ApiServer server;
    private int writes;

    private Authorizing(ApiServer server) {
        this.server = server;
    }

    private static User person(String name) {
        return new User(name, Set.of("system:authenticated", "cooks", "waiters"));
    }

    static void run(int rounds) throws IOException, InterruptedException {
        Conditions.print("begin");
        System.out.println("\n| asked | bindings | by a master, us | by this user, us | authorization, us |");
        System.out.println("|---|--:|--:|--:|--:|");
        for (int bindings : new int[] {10, 10_000}) {
            try (SystemTime time = new SystemTime();
                    Store store = MemoryStore.open();
                    ApiServer server = new ApiServer(ApiServer.Parts.of(
                            store,
                            ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                            time,
                            new Random(1),
                            (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])))) {
                Authorizing authorizing = new Authorizing(server);
                authorizing.populate(bindings);
                for (Asked asked : ASKED) {
                    authorizing.measure(asked, bindings, rounds);
                }
            }
        }
        Conditions.print("\nend");
    }

    private void populate(int bindings) throws InterruptedException {
        create(MAPS, Map.of("metadata", Map.of("name", "a"), "data", Map.of("k", "v")));
        create(MAPS, Map.of("metadata", Map.of("name", "other"), "data", Map.of("k", "v")));
        Map<String, Object> volume = Map.of("name", "v", "configMap", Map.of("name", "a"));
        create(
                "/api/v1/namespaces/default/pods",
                Map.of(
                        "metadata",
                        Map.of("name", "p"),
                        "spec",
                        Map.of(
                                "nodeName", "n",
                                "volumes", List.of(volume),
                                "containers", List.of(Map.of("name", "c", "image", "i")))));
        create(
                "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
                Map.of(
                        "metadata",
                        Map.of("name", "reader"),
                        "rules",
                        List.of(Map.of(
                                "verbs",
                                List.of("get"),
                                "apiGroups",
                                List.of(""),
                                "resources",
                                List.of("configmaps")))));
        bind(BINDINGS, "jane", "jane", "Role", "reader");
        bind("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "joe", "joe", "ClusterRole", "view");
        for (int i = 0; i < bindings; i++) {
            bind(BINDINGS, "b" + i, "user" + i, "ClusterRole", "view");
        }
    }

    private void bind(String path, String name, String user, String kind, String role) throws InterruptedException {
        create(
                path,
                Map.of(
                        "metadata",
                        Map.of("name", name),
                        "roleRef",
                        Map.of("apiGroup", "rbac.authorization.k8s.io", "kind", kind, "name", role),
                        "subjects",
                        List.of(Map.of("apiGroup", "rbac.authorization.k8s.io", "kind", "User", "name", user))));
    }

    private void create(String path, Map<String, Object> object) throws InterruptedException {
        expect(
                201,
                Request.of("POST", path)
                        .with(Json.write(object), "application/json")
                        .as(MASTER));
    }

    private void expect(int status, Request request) throws InterruptedException {
        Reply reply = server.call(request);
        if (reply.status() != status) {
            throw new IllegalStateException(request.target() + " by " + request.user() + ": " + reply.status());
        }
    }

    private void measure(Asked asked, int bindings, int rounds) throws InterruptedException {
        Request master = asked.request().as(MASTER);
        Request other = asked.request().as(asked.user());
        for (int i = 0; i < WARM_UP; i++) {
            time(master, asked.write());
            time(other, asked.write());
        }
        double[] masters = new double[rounds * TURNS];
        double[] others = new double[masters.length];
        double[] differences = new double[masters.length];
        for (int turn = 0; turn < masters.length; turn++) {
            masters[turn] = time(master, asked.write());
            others[turn] = time(other, asked.write());
            differences[turn] = others[turn] - masters[turn];
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | %,d | %.2f | %.2f | %.2f |%n",
                asked.what(),
                bindings,
                median(masters),
                median(others),
                median(differences));
    }

    private static double median(double[] all) {
        Arrays.sort(all);
        return all[all.length / 2];
    }

    /** Microseconds of processor time of one call, with its write. */
    private double time(Request request, boolean write) throws InterruptedException {
        long began = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < CALLS; i++) {
            if (write) {
                byte[] patch = Json.write(Map.of("data", Map.of("k", Integer.toString(writes++))));
                expect(
                        200,
                        Request.of("PATCH", MAPS + "/other")
                                .with(patch, "application/merge-patch+json")
                                .as(MASTER));
            }
            expect(200, request);
        }
        return (threads.getCurrentThreadCpuTime() - began) / 1_000.0 / CALLS;
    }
}

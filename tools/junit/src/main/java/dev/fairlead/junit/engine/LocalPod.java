// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import static dev.fairlead.junit.engine.Asking.asking;

import dev.fairlead.client.Deletion;
import dev.fairlead.client.Resources;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.junit.TestPod;
import dev.fairlead.junit.engine.play.Stage;
import dev.fairlead.wire.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One pod, known by its uid: one made anew under the same name is another. */
record LocalPod(Sight sight, ObjectName full, String uid) implements TestPod {
    private static final int LARGEST_CODE = 255;

    private @Nullable Tree find() {
        Tree pod = asking(() -> sight.client().find(Resources.PODS, full));
        return pod != null && pod.tree("metadata").text("uid", "").equals(uid) ? pod : null;
    }

    private Tree object() {
        Tree pod = find();
        if (pod == null) {
            throw new IllegalStateException("the pod " + Directory.text(full) + " is gone");
        }
        return pod;
    }

    private Stage stage() {
        Stage stage = sight.troupe().stage(uid);
        if (!stage.played()) {
            sight.await("pod " + Directory.text(full) + " to run", () -> stage.played() || running(alive()));
            if (!stage.played()) {
                throw new IllegalStateException(
                        "the pod " + Directory.text(full)
                                + " is a process of this machine: what a test can do to pods that are played it cannot do to it");
            }
        }
        return stage;
    }

    /** The pod, if anything can still become of it. */
    private Tree alive() {
        Tree pod = object();
        if (ended(pod)) {
            throw new IllegalStateException("the pod " + Directory.text(full) + " has ended ("
                    + pod.tree("status").text("phase", "") + "): its restart policy is "
                    + pod.tree("spec").text("restartPolicy", "Always"));
        }
        return pod;
    }

    private static boolean ended(Tree pod) {
        String phase = pod.tree("status").text("phase", "");
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    private static long starts(Tree pod) {
        return pod.tree("status").trees("containerStatuses").stream()
                .mapToLong(container -> container.whole("restartCount", 0))
                .sum();
    }

    private static boolean running(Tree pod) {
        return isAny(pod, "running");
    }

    /** Whether any of its containers is in that state. */
    private static boolean isAny(Tree pod, String state) {
        return pod.tree("status").trees("containerStatuses").stream()
                .anyMatch(container -> container.tree("state").has(state));
    }

    @Override
    public String name() {
        return full.name();
    }

    @Override
    public String namespace() {
        return full.namespace();
    }

    @Override
    public String address() {
        sight.await("pod " + Directory.text(full) + " to have an address", () -> !ip().isEmpty());
        return ip();
    }

    private String ip() {
        return object().tree("status").text("podIP", "");
    }

    @Override
    public boolean isReady() {
        Tree pod = find();
        return pod != null && Telling.ready(pod);
    }

    @Override
    public TestPod unready() {
        stage().willing(false);
        IpAddress address = IpAddress.of(address());
        sight.await(
                "pod " + Directory.text(full) + " to be out of rotation",
                () -> !isReady() && !sight.routing().leadsTo(address));
        return this;
    }

    @Override
    public TestPod ready() {
        stage().willing(true);
        awaitReady();
        sight.await(
                "pod " + Directory.text(full) + " to be in rotation",
                () -> asking(() -> sight.directory().servicesOf(object())).stream()
                        .allMatch(service -> sight.routing().backends(service).stream()
                                .anyMatch(backend -> full.equals(backend.pod()))));
        return this;
    }

    @Override
    public TestPod kill() {
        Stage stage = stage();
        long before = starts(object());
        stage.kill();
        sight.await("the API to know that pod " + Directory.text(full) + " was killed", () -> {
            Tree pod = find();
            return pod == null || starts(pod) > before || !running(pod);
        });
        return this;
    }

    @Override
    public TestPod terminate() {
        asking(() -> {
            sight.client()
                    .deleteIfThere(
                            Resources.PODS, full, new Deletion(Deletion.Propagation.BACKGROUND, null, null, null));
            return null;
        });
        return this;
    }

    @Override
    public TestPod restart() {
        long before = starts(object());
        stage().exit(0);
        sight.await("pod " + Directory.text(full) + " to start again", () -> {
            Tree pod = alive();
            return starts(pod) > before && running(pod);
        });
        return this;
    }

    @Override
    public TestPod exit(int code) {
        if (code < 0 || code > LARGEST_CODE) {
            throw new IllegalArgumentException("exit(" + code + "): from 0 to " + LARGEST_CODE);
        }
        Stage stage = stage();
        long before = starts(object());
        stage.exit(code);
        sight.await("the API to know that pod " + Directory.text(full) + " ended with exit code " + code, () -> {
            Tree pod = find();
            return pod == null || ended(pod) || starts(pod) > before || isAny(pod, "waiting");
        });
        return this;
    }

    @Override
    public TestPod slow(Duration delay) {
        stage().slow(delay);
        return this;
    }

    @Override
    public TestPod resetConnections() {
        stage().reset();
        return this;
    }

    @Override
    public TestPod hang() {
        stage().hang();
        return this;
    }

    @Override
    public TestPod heal() {
        stage().heal();
        return this;
    }

    @Override
    public TestPod log(String line) {
        stage().log(line);
        return this;
    }

    @Override
    public String logs() {
        StringBuilder all = new StringBuilder();
        for (Tree container : object().tree("spec").trees("containers")) {
            String path =
                    Resources.PODS.path(full.namespace(), full.name()) + "/log?container=" + container.text("name", "");
            all.append(asking(() ->
                    new String(sight.client().call(Request.of("GET", path)).drained(), StandardCharsets.UTF_8)));
        }
        return all.toString();
    }

    @Override
    public long served() {
        return sight.troupe().stage(uid).served();
    }

    @Override
    public TestPod awaitReady() {
        sight.await("pod " + Directory.text(full) + " to be ready", this::isReady);
        return this;
    }

    @Override
    public void awaitGone() {
        sight.await("pod " + Directory.text(full) + " to be gone", () -> find() == null);
    }

    @Override
    public String toString() {
        return "pod " + Directory.text(full);
    }
}

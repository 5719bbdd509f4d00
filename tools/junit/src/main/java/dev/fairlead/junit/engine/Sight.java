// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.junit.TestPod;
import dev.fairlead.junit.engine.play.Troupe;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** What the handles of one cluster share: they see it by this, and wait by it. */
final class Sight {
    private final Parts parts;
    private final Troupe troupe;
    private final Aims aims;
    private final Duration patience;
    private final Directory directory;
    private final Telling telling;

    Sight(Parts parts, Troupe troupe, Aims aims, Duration patience) {
        this.parts = parts;
        this.troupe = troupe;
        this.aims = aims;
        this.patience = patience;
        this.directory = new Directory(parts.client());
        this.telling = new Telling(parts, troupe, directory);
    }

    ApiClient client() {
        return parts.client();
    }

    Routing routing() {
        return new Routing(() -> parts.node().agent());
    }

    Troupe troupe() {
        return troupe;
    }

    Directory directory() {
        return directory;
    }

    Telling telling() {
        return telling;
    }

    /** Waits as long as the test has patience, and tells how things are if that was in vain. */
    void await(String what, ObjectName service, BooleanSupplier condition) {
        Waiting.until(
                what,
                patience,
                condition,
                () -> Asking.asking(() -> telling.why(service)) + "\n" + Asking.asking(telling::overview));
        aims.follow();
    }

    void await(String what, BooleanSupplier condition) {
        await(what, patience, condition);
    }

    void await(String what, Duration longest, BooleanSupplier condition) {
        Waiting.until(what, longest, condition, () -> Asking.asking(telling::overview));
        aims.follow();
    }

    /** The pod that is meant; whoever made a workload a moment ago may mean one that its controller is about to make. */
    TestPod pod(ObjectName wanted) throws IOException, InterruptedException {
        Waiting.until(
                "pod " + Directory.text(wanted) + " to be there",
                patience,
                () -> !Asking.asking(() -> directory.meant(wanted)).isEmpty(),
                () -> Asking.asking(() -> directory.adviceOnPod(wanted) + "\n" + telling.overview()));
        List<Tree> found = directory.meant(wanted);
        if (found.size() != 1) {
            throw new IllegalArgumentException(
                    found.isEmpty()
                            ? "the pod \"" + Directory.text(wanted) + "\" was there, and is gone"
                            : "several pods belong to \"" + wanted.name() + "\": "
                                    + found.stream()
                                            .map(pod -> Directory.named(pod).name())
                                            .collect(Collectors.joining(", ")));
        }
        return handle(found.getFirst());
    }

    List<TestPod> pods(Selection selection) throws IOException, InterruptedException {
        List<TestPod> pods = new ArrayList<>();
        client().list(Resources.PODS, selection).items().forEach(pod -> pods.add(handle(pod)));
        return pods;
    }

    private TestPod handle(Tree pod) {
        telling.note(pod);
        return new LocalPod(this, Directory.named(pod), pod.tree("metadata").text("uid", ""));
    }

    List<InetAddress> resolve(String host) throws IOException {
        return Lookup.of(host, parts.node().node().traffic().dnsAddress());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.agent.Agent;
import dev.fairlead.cli.instance.Images;
import dev.fairlead.cli.instance.Instance;
import dev.fairlead.cli.instance.Settings;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.core.routes.Entrance;
import dev.fairlead.core.routes.Frontend;
import dev.fairlead.wire.Inet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * From a pod's readiness to its traffic, with 1,000 Services of 10 pods. One whole instance on loopback; the pods are
 * objects whose status is written here through the API, as a kubelet does, and whose address is a socket of this process.
 *
 * <p>How this works: one pod at a time is made unready, and ready again. The clock starts when the status is sent. It is
 * read when a watch of the slices sees the endpoint change, when the agent's routes have it (they are replaced after the
 * relay took them over), and when a connection to the Service really arrived at the pod, which takes one in ten.
 */
final class Propagation {
    private static final int SERVICES = 1000;
    private static final int PODS = 10;
    private static final int WARM_UP = 100;
    private static final long TICK_NANOS = 20_000;
    private static final Duration REST = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 1000;

    private final Agent agent;
    private final Population population;
    private final SliceWatch slices;
    private final Arrivals arrivals;
    private final Disk disk;
    private final Sample fsync = new Sample();
    private final Directions ready = new Directions();
    private final Directions unready = new Directions();
    private final Sample carried = new Sample();

    private record Directions(Sample answered, Sample slice, Sample route) {
        Directions() {
            this(new Sample(), new Sample(), new Sample());
        }

        void print(String what) {
            row(what + " → the write is answered", answered);
            row(what + " → slice seen written", slice);
            row(what + " → relay has it", route);
        }
    }

    private Propagation(Instance instance, Population population, SliceWatch slices, Arrivals arrivals, Disk disk) {
        this.agent = instance.agent();
        this.population = population;
        this.slices = slices;
        this.arrivals = arrivals;
        this.disk = disk;
    }

    static void run(int flips) throws IOException, InterruptedException {
        Conditions.print("begin");
        Path scratch = Conditions.scratch();
        Settings settings = new Settings(
                scratch.resolve("data"),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "loopback",
                "bench",
                false,
                false);
        try (Instance instance = start(settings);
                Arrivals arrivals = new Arrivals();
                Disk disk = new Disk(scratch)) {
            instance.awaitNode(Images.builtIn());
            Population population =
                    new Population(instance.client(), instance.block().pods().first(), SERVICES, PODS, arrivals.port());
            long began = System.nanoTime();
            population.create();
            try (SliceWatch slices = new SliceWatch(instance.client())) {
                Propagation run = new Propagation(instance, population, slices, arrivals, disk);
                run.awaitRoutes();
                System.out.println(SERVICES + " Services and " + SERVICES * PODS + " pods made and routed in "
                        + (System.nanoTime() - began) / 1_000_000_000 + " s");
                run.flips(flips);
            }
        }
        Conditions.print("\nend");
        Conditions.delete(scratch);
    }

    private static Instance start(Settings settings) throws IOException, InterruptedException {
        try {
            return Instance.start(settings);
        } catch (dev.fairlead.agent.network.Choice.UnavailableException refused) {
            throw new IOException(refused.getMessage(), refused);
        }
    }

    private void awaitRoutes() throws IOException {
        long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
        for (int service = 0; service < SERVICES; service++) {
            while (backends(service) < PODS) {
                if (System.nanoTime() > end) {
                    throw new IOException("Service " + service + " has " + backends(service) + " routes of " + PODS);
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private int backends(int service) {
        Entrance entrance = agent.routes().entrance(frontend(service));
        return entrance == null ? 0 : entrance.backends().size();
    }

    private Frontend frontend(int service) {
        return Frontend.at(population.clusterIp(service), Protocol.TCP, Population.PORT);
    }

    private void flips(int flips) throws IOException, InterruptedException {
        for (int flip = -WARM_UP; flip < flips; flip++) {
            int service = Math.floorMod(flip * 7, SERVICES);
            int pod = Math.floorMod(flip, PODS);
            Directions down = flip < 0 ? new Directions() : unready;
            Directions up = flip < 0 ? new Directions() : ready;
            flip(service, pod, false, down);
            disk.measure(1, flip < 0 ? new Sample() : fsync);
            Thread.sleep(REST);
            long began = flip(service, pod, true, up);
            long reached = reach(service, population.address(service, pod));
            if (flip >= 0) {
                carried.addNanos(reached - began);
            }
            Thread.sleep(REST);
        }
        System.out.println("\n| from sending the pod's status | n | p50 ms | p99 ms | max ms |");
        System.out.println("|---|--:|--:|--:|--:|");
        ready.print("ready");
        row("ready → a connection arrived (1 in 10 does)", carried);
        unready.print("unready");
        row("one 4 KiB write and fdatasync", fsync);
        System.out.printf(
                Locale.ROOT,
                "%ngoal: p99 of 'ready → relay has it' below 5 ms + 2 fsyncs = %.2f ms (by their median), %.2f ms (by their p99)%n",
                5 + 2 * fsync.median(),
                5 + 2 * fsync.at(0.99));
    }

    /** Writes a pod's readiness and waits until it has come everywhere; gives when it was sent. */
    private long flip(int service, int pod, boolean wanted, Directions into) throws IOException, InterruptedException {
        IpAddress address = population.address(service, pod);
        slices.expect(address, wanted);
        long began = System.nanoTime();
        population.writeReady(service, pod, wanted);
        into.answered.addNanos(System.nanoTime() - began);
        long routed = awaitRoute(service, address, wanted, began + PATIENCE.toNanos());
        into.route.addNanos(routed - began);
        into.slice.addNanos(slices.seen(PATIENCE) - began);
        return began;
    }

    private long awaitRoute(int service, IpAddress address, boolean wanted, long end) throws IOException {
        Frontend frontend = frontend(service);
        while (true) {
            Entrance entrance = agent.routes().entrance(frontend);
            boolean has = entrance != null
                    && entrance.backends().stream()
                            .anyMatch(backend -> backend.address().equals(address));
            long now = System.nanoTime();
            if (has == wanted) {
                return now;
            }
            if (now > end) {
                throw new IOException("the route of " + address + " did not become ready=" + wanted);
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    /** Connects to the Service until the pod is reached; gives when. */
    private long reach(int service, IpAddress address) throws IOException, InterruptedException {
        InetSocketAddress at = Inet.socketAddress(population.clusterIp(service), Population.PORT);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (arrivals.connect(at).equals(address)) {
                return System.nanoTime();
            }
        }
        throw new IOException("no connection of " + ATTEMPTS + " arrived at " + address);
    }

    private static void row(String what, Sample sample) {
        System.out.println("| " + what + " | " + sample.size() + " | " + sample.tail("%.2f") + " |");
    }
}

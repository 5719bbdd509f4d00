// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import dev.fairlead.bench.PathTurn.Figure;
import dev.fairlead.core.routes.RouteTable;
import dev.fairlead.kernel.testing.Host;
import dev.fairlead.wire.time.SystemTime;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the way to a pod costs: to its own address, and to a Service's by each data plane. Each way has a node of its own; in
 * every round each takes a turn, in an order drawn anew, and ways are compared round by round.
 */
final class TrafficPath {
    private static final int WARM_UP = 3;
    private static final int MANY = 10_000;

    /** Somebody asks somewhere; sockets of a group where one is given. */
    private record Way(
            String name,
            Host from,
            InetSocketAddress first,
            @Nullable Path group,
            List<Map<Figure, Double>> turns) {
        Way(String name, Host from, InetSocketAddress first) {
            this(name, from, first, null, new ArrayList<>());
        }

        double[] all(Figure figure) {
            return turns.stream()
                    .mapToDouble(turn -> turn.getOrDefault(figure, Double.NaN))
                    .toArray();
        }
    }

    private final List<PathLab> labs;
    private final PathCarriers carriers;

    private TrafficPath(List<PathLab> labs, PathCarriers carriers) {
        this.labs = labs;
        this.carriers = carriers;
    }

    static void run(int rounds) throws Exception {
        Conditions.print("begin");
        List<PathLab> labs = new ArrayList<>();
        try (SystemTime time = new SystemTime();
                PathCarriers carriers = new PathCarriers(time)) {
            new TrafficPath(labs, carriers).measure(rounds);
        } finally {
            labs.forEach(PathLab::close);
        }
        Conditions.print("end");
    }

    private PathLab lab() throws Exception {
        PathLab lab = new PathLab();
        labs.add(lab);
        return lab;
    }

    private void measure(int rounds) throws Exception {
        InetSocketAddress service = PathService.clusterIp();
        RouteTable one = PathService.table(1);
        RouteTable many = PathService.table(MANY);
        PathLab bare = lab();
        PathLab tracked = lab();
        carriers.track(tracked.node());
        PathLab few = lab();
        carriers.nftables(few.node(), one);
        PathLab some = lab();
        carriers.nftables(some.node(), PathService.table(1000));
        PathLab full = lab();
        carriers.nftables(full.node(), many);
        PathLab alone = lab();
        Path socketsAlone = carriers.sockets(alone.node(), many, false);
        PathLab above = lab();
        Path socketsAbove = carriers.sockets(above.node(), many, true);
        PathLab relayed = lab();
        carriers.relay(relayed.node(), one);

        Way direct = new Way("pod, no tracking", bare.client(), PathLab.direct());
        Way tracking = new Way("pod, tracking", tracked.client(), PathLab.direct());
        Way nftables1 = new Way("nftables, 1 Service", few.client(), service);
        Way nftables1000 = new Way("nftables, 1,000", some.client(), service);
        Way nftables10000 = new Way("nftables, 10,000", full.client(), service);
        Way beside = new Way("pod, beside 10,000 in nftables", full.client(), PathLab.direct());
        Way atSocket = new Way("at the socket, 10,000", alone.client(), service, socketsAlone, new ArrayList<>());
        Way atSocketAbove =
                new Way("at the socket, above nftables", above.client(), service, socketsAbove, new ArrayList<>());
        Way relay = new Way("relay, 1", relayed.client(), service);
        Way outside = new Way("from outside: pod, tracking", tracked.outside(), PathLab.direct());
        Way nodePort = new Way("from outside: node port, nftables, 10,000", full.outside(), PathService.nodePort());
        List<Way> ways = List.of(
                direct,
                tracking,
                nftables1,
                nftables1000,
                nftables10000,
                beside,
                atSocket,
                atSocketAbove,
                relay,
                outside,
                nodePort);
        takeTurns(ways, rounds);

        System.out.println();
        System.out.println("| " + rounds + " turns each, medians of turns | connect p50 µs | p99 | whole p50 µs | p99 |"
                + " 1 byte and back p50 µs | p99 | Gbit/s |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|--:|");
        ways.forEach(TrafficPath::print);
        System.out.println();
        System.out.println(
                "| less | than | connect p50 µs | goal | whole p50 µs | 1 byte and back p50 µs | throughput |");
        System.out.println("|---|---|--:|---|--:|--:|--:|");
        compare(nftables1, tracking, "≤ 1");
        compare(nftables1000, tracking, "≤ 1");
        compare(nftables10000, tracking, "≤ 1");
        compare(nftables10000, nftables1, "flat");
        compare(atSocket, direct, "≤ 0.3");
        compare(atSocketAbove, tracking, "");
        compare(beside, tracking, "≤ 0.2");
        compare(relay, direct, "");
        compare(nodePort, outside, "");
        System.out.println();
        System.out.println(
                "Whole: connect, 16 bytes, 32 bytes back, close. Differences are taken in each round; their median,"
                        + " and the middle half of them. Throughput is to be 95 or more in a hundred.");
    }

    private void takeTurns(List<Way> ways, int rounds) throws Exception {
        PathTurn turn = new PathTurn();
        Random random = new Random(20261121);
        List<Way> order = new ArrayList<>(ways);
        for (int round = -WARM_UP; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (Way way : order) {
                if (way.group != null) {
                    carriers.enter(way.group);
                }
                Map<Figure, Double> figures = way.from.call(() -> turn.take(way.first));
                carriers.leave();
                if (round >= 0) {
                    way.turns.add(figures);
                }
            }
        }
    }

    private static void print(Way way) {
        StringBuilder row = new StringBuilder("| " + way.name + " |");
        for (Figure figure : Figure.values()) {
            row.append(String.format(Locale.ROOT, " %.1f |", quantile(way.all(figure), 0.5)));
        }
        System.out.println(row);
    }

    private static void compare(Way way, Way than, String goal) {
        System.out.println("| " + way.name + " | " + than.name + " | " + less(way, than, Figure.CONNECT) + " | " + goal
                + " | " + less(way, than, Figure.WHOLE) + " | " + less(way, than, Figure.ROUND_TRIP) + " | "
                + String.format(
                        Locale.ROOT,
                        "%.0f %% |",
                        100 * quantile(paired(way, than, Figure.GIGABITS, (one, other) -> one / other), 0.5)));
    }

    private static String less(Way way, Way than, Figure figure) {
        double[] differences = paired(way, than, figure, (one, other) -> one - other);
        return String.format(
                Locale.ROOT,
                "%+.2f (%+.2f to %+.2f)",
                quantile(differences, 0.5),
                quantile(differences, 0.25),
                quantile(differences, 0.75));
    }

    private static double[] paired(Way way, Way than, Figure figure, DoubleBinaryOperator operator) {
        double[] one = way.all(figure);
        double[] other = than.all(figure);
        return IntStream.range(0, one.length)
                .mapToDouble(round -> operator.applyAsDouble(one[round], other[round]))
                .toArray();
    }

    private static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) (share * (sorted.length - 1))];
    }
}

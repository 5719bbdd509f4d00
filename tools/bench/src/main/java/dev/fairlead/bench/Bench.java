// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Runs one benchmark: {@code Bench HOME NAME [arguments]}; {@code ./build bench} starts it with the right flags. */
public final class Bench {
    private static final String NAMES = """
            usage: ./build bench NAME
              startup [ROUNDS]      from exec to the API's first answer, and memory at rest      (9 rounds)
              propagation [FLIPS]   from a pod's readiness to its slice, its route, its traffic  (500 flips)
              patch [PATCHES]       from a slice's patch to a connection, 1,000 and 10,000       (500 patches)
              relay [ROUNDS]        the relay against HAProxy against no proxy                   (5 rounds)
              creates [ROUNDS]      durable creates through the API, 1 and 16 writers            (3 rounds)
              services [CREATES]    a Service's create with 0 and with 10,000 Services present   (1,000 creates)
              api [KUBECONFIG [PID...]]   an API server under load: ours, or the one of a kubeconfig, with its processes
              slices [CHANGES]      all slices from cold; from a pod's status to its slice       (500 changes)
              scale [CHANGES]       one pod's change among 100, 1,000 and 10,000 Services        (500 changes)
              routes [SERVICES]     deciding routes: the whole table, one changed slice, heap    (10000 Services)
              kernel [CHANGES] [SERVICES]   Services of 10 endpoints put into nftables    (20000 changes, 10000 Services)
              path [ROUNDS]         a connection, a byte, a stream: to a pod, by each data plane  (25 rounds)
              gap [KILLS]           how long a killed pod is sent connections, in namespaces     (50 kills)
              repair [TIMES]        what others do to a table everybody may change, undone       (40 times)
              sockets [CONNECTS]    a connect to an endpoint, by nftables, translated at the socket    (10000 connects)
              dns [ROUNDS]          names of 10,000 Services, beside knot, nsd, unbound and dnsmasq      (5 rounds)
              access [ROUNDS]       what authorization adds to a request, 10 and 10,000 bindings       (15 rounds)
              junit [ROUNDS]        a cluster in a test's JVM, beside fabric8's mock             (5 rounds)
              explain [QUESTIONS]   why a Service works or not, among 10,000 of 10 pods          (50 questions)""";

    private Bench() {}

    /** Runs the benchmark that {@code arguments} name and prints tables for docs/benchmarks.md. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 2) {
            stop(NAMES);
        }
        Path home = Path.of(arguments[0]);
        List<String> rest = Arrays.asList(arguments).subList(2, arguments.length);
        try {
            switch (arguments[1]) {
                case "startup" -> StartUp.run(home, count(rest, 9));
                case "propagation" -> Propagation.run(count(rest, 500));
                case "patch" -> PatchedSlices.run(count(rest, 500));
                case "relay" -> RelayComparison.run(count(rest, 5));
                case "creates" -> Creates.run(home, count(rest, 3));
                case "services" -> Creates.among(home, count(rest, 1000));
                case "api" -> api(home, rest);
                case "slices" -> SliceWrites.run(count(rest, 500));
                case "scale" -> SliceScale.run(count(rest, 500));
                case "routes" -> RoutesBench.run(count(rest, 10_000), 10);
                case "kernel" -> KernelProgramming.run(count(rest, 20_000), count(rest, 1, 10_000));
                case "path" -> TrafficPath.run(count(rest, 25));
                case "gap" -> PodGap.run(count(rest, 50));
                case "repair" -> TableRepairs.run(count(rest, 40));
                case "sockets" -> SocketBalancing.run(count(rest, 10_000));
                case "dns" -> DnsComparison.run(count(rest, 5));
                case "access" -> Authorizing.run(count(rest, 15));
                case "explain" -> Explains.run(count(rest, 50));
                default -> stop("there is no benchmark '" + arguments[1] + "'\n" + NAMES);
            }
        } catch (IOException refused) {
            stop("bench: " + refused.getMessage());
        }
        System.exit(0);
    }

    private static void api(Path home, List<String> rest) throws IOException, InterruptedException {
        ApiBench.Part part = ApiBench.Part.ALL;
        List<String> target = rest;
        for (ApiBench.Part named : ApiBench.Part.values()) {
            if (!rest.isEmpty() && rest.getFirst().equals(named.name().toLowerCase(Locale.ROOT))) {
                part = named;
                target = rest.subList(1, rest.size());
            }
        }
        if (target.isEmpty()) {
            ApiBench.own(home, part);
        } else {
            ApiBench.other(
                    Path.of(target.getFirst()),
                    target.stream().skip(1).map(Long::valueOf).toList(),
                    part);
        }
    }

    private static int count(List<String> rest, int usual) {
        return count(rest, 0, usual);
    }

    private static int count(List<String> rest, int at, int usual) {
        return rest.size() <= at ? usual : Integer.parseInt(rest.get(at));
    }

    private static void stop(String why) {
        System.err.println(why);
        System.exit(2);
    }
}

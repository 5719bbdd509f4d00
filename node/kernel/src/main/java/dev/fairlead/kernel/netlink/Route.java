// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.kernel.netlink;

import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A route (ip-route(8)). Begin with {@link #to}, {@link #local} or {@link #blackhole} and add with {@code with…}.
 *
 * @param gateway the next hop, null when the destination is on the link itself
 * @param link index of the link, 0 for none
 * @param source the address to be used as source, null for the kernel's choice
 * @param table {@link #MAIN}, {@link #LOCAL} or a number of one's own
 * @param metric the smallest wins; 0 for the kernel's usual one (0 for IPv4, 1024 for IPv6)
 * @param onLink the gateway is reachable on the link though no address says so
 */
public record Route(
        Prefix destination,
        @Nullable InetAddress gateway,
        int link,
        @Nullable InetAddress source,
        int table,
        Type type,
        int metric,
        boolean onLink) {

    /** {@code RT_TABLE_MAIN}, linux/rtnetlink.h. */
    public static final int MAIN = 254;

    /** {@code RT_TABLE_LOCAL}: what is delivered to this machine. */
    public static final int LOCAL = 255;

    /** What becomes of a packet; the numbers are those of linux/rtnetlink.h. */
    public enum Type {
        UNICAST(1),
        /** Delivered to this machine. */
        LOCAL(2),
        BROADCAST(3),
        ANYCAST(4),
        MULTICAST(5),
        /** Dropped silently. */
        BLACKHOLE(6),
        UNREACHABLE(7),
        PROHIBIT(8),
        /** Anything else the kernel may list. */
        OTHER(0);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        static Type of(int number) {
            for (Type type : values()) {
                if (type.number == number) {
                    return type;
                }
            }
            return OTHER;
        }
    }

    public static Route to(Prefix destination) {
        return new Route(destination, null, 0, null, MAIN, Type.UNICAST, 0, false);
    }

    /**
     * AnyIP: every address of the prefix is this machine's, without being on a link. Sockets may bind such IPv4 addresses
     * as any other; for IPv6 they need {@code FREEBIND_V6}, {@code TRANSPARENT_V6} or net.ipv6.ip_nonlocal_bind.
     *
     * @param loopback index of {@code lo}
     */
    public static Route local(Prefix destination, int loopback) {
        return new Route(destination, null, loopback, null, LOCAL, Type.LOCAL, 0, false);
    }

    public static Route blackhole(Prefix destination) {
        return new Route(destination, null, 0, null, MAIN, Type.BLACKHOLE, 0, false);
    }

    /** As ip-route(8) would print it. */
    @Override
    public String toString() {
        return (type == Type.UNICAST ? "route " : type.name().toLowerCase(Locale.ROOT) + " route ")
                + destination
                + (gateway == null ? "" : " via " + gateway.getHostAddress())
                + (link == 0 ? "" : " dev #" + link)
                + (source == null ? "" : " src " + source.getHostAddress())
                + (table == MAIN ? "" : " table " + table)
                + (metric == 0 ? "" : " metric " + metric)
                + (onLink ? " onlink" : "");
    }

    public Route withGateway(InetAddress changed) {
        return new Route(destination, changed, link, source, table, type, metric, onLink);
    }

    public Route withLink(int changed) {
        return new Route(destination, gateway, changed, source, table, type, metric, onLink);
    }

    public Route withSource(InetAddress changed) {
        return new Route(destination, gateway, link, changed, table, type, metric, onLink);
    }

    public Route withTable(int changed) {
        return new Route(destination, gateway, link, source, changed, type, metric, onLink);
    }

    public Route withMetric(int changed) {
        return new Route(destination, gateway, link, source, table, type, changed, onLink);
    }

    public Route withOnLink() {
        return new Route(destination, gateway, link, source, table, type, metric, true);
    }
}

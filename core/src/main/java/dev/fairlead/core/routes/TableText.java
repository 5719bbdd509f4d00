// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.core.routes;

/** A table as lines, for people and golden files. */
final class TableText {
    private TableText() {}

    static String of(RouteTable table) {
        StringBuilder text = new StringBuilder();
        for (Entrance entrance : table.entrances()) {
            Route route = entrance.route();
            text.append(
                    entrance.frontend() + " " + entrance.kind().text() + " " + route.key() + " " + entrance.policy());
            if (route.affinitySeconds() > 0) {
                text.append(" affinity=" + route.affinitySeconds() + "s");
            }
            if (route.topology() != Topology.ANYWHERE) {
                text.append(" " + route.topology().text());
            }
            if (!entrance.sourceRanges().isEmpty()) {
                text.append(" from=" + entrance.sourceRanges());
            }
            if (entrance.backends().isEmpty()) {
                text.append(" " + route.whenEmpty());
            }
            text.append('\n');
            entrance.backends().forEach(backend -> text.append("  " + backend + "\n"));
        }
        table.healthChecks()
                .forEach(check -> text.append(
                        "health " + check.port() + " " + check.service() + " " + check.localReady() + "\n"));
        return text.toString();
    }
}

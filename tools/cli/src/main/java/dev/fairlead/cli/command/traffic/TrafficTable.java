// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.traffic;

import dev.fairlead.cli.command.output.Columns;
import dev.fairlead.core.explain.TrafficReport.Amounts;
import dev.fairlead.core.explain.TrafficReport.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What passes, as text or as a value tree.
 *
 * @param namespaces whether with a first column of namespaces
 * @param endpoints whether a row is an endpoint
 * @param rows at most so many
 */
public record TrafficTable(boolean namespaces, boolean endpoints, int rows) {
    private static final String[] UNITS = {"", "Ki", "Mi", "Gi", "Ti"};

    /** The rows under the columns' names; empty without any. */
    public String text(List<Passing> all) {
        if (all.isEmpty()) {
            return "";
        }
        List<List<String>> cells = new ArrayList<>();
        cells.add(header());
        all.stream().limit(rows).forEach(passing -> cells.add(row(passing)));
        String table = new Columns().lay(cells);
        return all.size() > rows ? table + "and " + (all.size() - rows) + " more, see --rows\n" : table;
    }

    private List<String> header() {
        List<String> names = new ArrayList<>();
        if (namespaces) {
            names.add("NAMESPACE");
        }
        names.addAll(endpoints ? List.of("PORT", "ENDPOINT") : List.of("SERVICE", "PORT"));
        names.addAll(List.of("CONN/S", "CONNECTIONS", "OPEN", "FAILED", "IN/S", "OUT/S"));
        return names;
    }

    private List<String> row(Passing passing) {
        Port port = passing.port();
        Amounts total = passing.total();
        List<String> cells = new ArrayList<>();
        if (namespaces) {
            cells.add(port.service().namespace());
        }
        if (!endpoints) {
            cells.add(port.service().name());
        }
        cells.add(port.name().isEmpty() ? port.protocol().name() : port.name() + "/" + port.protocol());
        passing.endpoint().filter(any -> endpoints).ifPresent(at -> cells.add(at.toString()));
        cells.add(String.format(Locale.ROOT, "%.1f", passing.perSecond().connections()));
        cells.add(Long.toString(total.connections()));
        cells.add(known(total.open()));
        cells.add(known(total.failed()));
        cells.add(bytes(passing.perSecond().toEndpoint()));
        cells.add(bytes(passing.perSecond().toClient()));
        return cells;
    }

    private static String known(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "-";
    }

    /** {@code 512}, {@code 1.5Ki}, {@code 20Mi}. */
    private static String bytes(OptionalDouble number) {
        if (number.isEmpty()) {
            return "-";
        }
        double left = number.getAsDouble();
        int unit = 0;
        while (left >= 1024 && unit < UNITS.length - 1) {
            left /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit > 0 && left < 10 ? "%.1f%s" : "%.0f%s", left, UNITS[unit]);
    }

    /** The same as an object, all of it. */
    public Map<String, Object> tree(List<Passing> all, List<String> silent) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", "fairlead.dev/v1");
        tree.put("kind", "ServiceTraffic");
        tree.put("items", all.stream().map(this::item).toList());
        tree.put("silent", silent);
        return tree;
    }

    private Map<String, Object> item(Passing passing) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("namespace", passing.port().service().namespace());
        item.put("service", passing.port().service().name());
        item.put("port", passing.port().name());
        item.put("protocol", passing.port().protocol().name());
        passing.endpoint().filter(any -> endpoints).ifPresent(at -> item.put("endpoint", at.toString()));
        Amounts total = passing.total();
        item.put("connections", total.connections());
        item.put("connectionsPerSecond", rounded(passing.perSecond().connections()));
        total.open().ifPresent(open -> item.put("open", open));
        total.failed().ifPresent(failed -> item.put("failed", failed));
        total.toEndpoint().ifPresent(bytes -> item.put("bytesToEndpoint", bytes));
        total.toClient().ifPresent(bytes -> item.put("bytesToClient", bytes));
        passing.perSecond().toEndpoint().ifPresent(bytes -> item.put("bytesToEndpointPerSecond", rounded(bytes)));
        passing.perSecond().toClient().ifPresent(bytes -> item.put("bytesToClientPerSecond", rounded(bytes)));
        return item;
    }

    private static double rounded(double number) {
        return Math.round(number * 1000) / 1000.0;
    }
}

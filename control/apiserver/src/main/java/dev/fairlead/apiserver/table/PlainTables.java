// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.table;

import static dev.fairlead.apiserver.table.Tables.name;

import dev.fairlead.core.definition.Tree;
import java.util.List;

/** The tables of small kinds. */
final class PlainTables {
    static final Table NAMESPACES = new Table(
            List.of(Column.called(), Column.text("Status", "Whether it is in use or ending."), Column.age()),
            (namespace, now) ->
                    List.of(name(namespace), namespace.tree("status").text("phase", ""), Age.of(namespace, now)));

    static final Table CONFIG_MAPS = new Table(
            List.of(Column.called(), Column.number("Data", "How many entries there are."), Column.age()),
            (map, now) -> List.of(name(map), size(map, "data") + size(map, "binaryData"), Age.of(map, now)));

    static final Table SECRETS = new Table(
            List.of(
                    Column.called(),
                    Column.text("Type", "What it is for."),
                    Column.number("Data", "How many entries there are."),
                    Column.age()),
            (secret, now) -> List.of(name(secret), secret.text("type", ""), size(secret, "data"), Age.of(secret, now)));

    static final Table SERVICE_ACCOUNTS = new Table(
            List.of(Column.called(), Column.number("Secrets", "How many secrets it may use."), Column.age()),
            (account, now) ->
                    List.of(name(account), (long) account.trees("secrets").size(), Age.of(account, now)));

    static final Table LEASES = new Table(
            List.of(Column.called(), Column.text("Holder", "Who holds it."), Column.age()),
            (lease, now) -> List.of(name(lease), lease.tree("spec").text("holderIdentity", ""), Age.of(lease, now)));

    private PlainTables() {}

    private static long size(Tree object, String field) {
        return object.tree(field).fields().size();
    }
}
